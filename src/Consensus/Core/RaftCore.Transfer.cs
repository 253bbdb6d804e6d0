namespace Consul.Fast.Consensus.Core;

/// <summary>Handing leadership over: on request, and when the own disk no longer keeps up.</summary>
internal sealed partial class RaftCore
{
    /// <summary>Shorter waits for the disk are nothing to hand over for, however short the time-outs are.</summary>
    private static readonly TimeSpan StallFloor = TimeSpan.FromMilliseconds(500);

    private string? _transferTo;
    private bool _timeoutNowSent;
    private TimeSpan _transferUntil;

    /// <summary>While it is true nothing is appended.</summary>
    public bool IsTransferring => _transferTo is not null;

    /// <summary>Why the last attempt failed, or null; of interest when it ended and this server still leads.</summary>
    public string? TransferError { get; private set; }

    private TimeSpan StallLimit => _settings.Timings.Election > StallFloor ? _settings.Timings.Election : StallFloor;

    /// <summary>
    /// Begins to hand over to a server, or to the voter that is most up to date. The attempt ends with leadership, or with
    /// <see cref="TransferError"/> when that takes longer than an election.
    /// </summary>
    /// <returns>Null when it has begun, otherwise why not.</returns>
    public string? TransferLeadership(TimeSpan now, string? serverId)
    {
        if (Role != RaftRole.Leader) return RaftErrors.NotLeader;
        if (IsTransferring) return RaftErrors.TransferInProgress;
        if (serverId == _settings.ServerId) return "cannot transfer leadership to itself";
        Peer? target = serverId is null ? MostUpToDate() : FindPeer(serverId);
        if (target is null) return serverId is null ? "cannot find peer" : $"cannot find replication state for {serverId}";
        if (!target.IsVoter) return RaftErrors.NotVoter;
        _transferTo = target.Server.Id;
        _timeoutNowSent = false;
        _transferUntil = now + _settings.Timings.Election;
        TransferError = null;
        return null;
    }

    /// <summary>The leader hands over to this server.</summary>
    public void OnTimeoutNow(TimeSpan now, TimeoutNowRequest request, object token)
    {
        _output.Replies.Add(new PeerReply(token, new TimeoutNowResponse(0)));
        if (Role is RaftRole.Leader or RaftRole.Shutdown || _install is not null) return;
        if (IsVoter(_settings.ServerId) && !IsDiskStalled(now)) Campaign(now, transfer: true);
    }

    /// <summary>True while a write has been under way for so long that nothing that needs the disk makes sense.</summary>
    private bool IsDiskStalled(TimeSpan now) => _log.OldestWriteAt is { } since && now - since >= StallLimit / 2;

    private Peer? MostUpToDate()
    {
        Peer? best = null;
        foreach (Peer peer in _peers)
        {
            if (!peer.IsVoter) continue;
            if (best is null || (peer.MatchIndex, peer.LastContact).CompareTo((best.MatchIndex, best.LastContact)) > 0) best = peer;
        }

        return best;
    }

    /// <summary>Lets the target stand as soon as it has everything.</summary>
    private void AdvanceTransfer()
    {
        if (_transferTo is null || _timeoutNowSent || FindPeer(_transferTo) is not { } target || target.MatchIndex < LastIndex) return;
        _timeoutNowSent = true;
        _output.Requests.Add(new PeerRequest(target.Server, new TimeoutNowRequest(Term)));
    }

    private void FailTransfer(TimeSpan now, string error)
    {
        EndTransfer();
        TransferError = error;
        // With such a disk, leading is no better than no leader.
        if (MustHandOver(now)) BecomeFollower(now, Term);
    }

    private void EndTransfer() => _transferTo = null;

    /// <summary>The disk has kept this leader waiting for too long, and there are others who could lead.</summary>
    private bool MustHandOver(TimeSpan now) => !IsSoleVoter && _log.OldestWriteAt is { } since && now - since >= StallLimit;

    private TimeSpan? NextTransferDeadline()
    {
        if (IsTransferring) return _transferUntil;
        return IsSoleVoter || _log.OldestWriteAt is not { } since ? null : since + StallLimit;
    }

    private void TickTransfer(TimeSpan now)
    {
        if (IsTransferring)
        {
            if (now >= _transferUntil) FailTransfer(now, "leadership transfer timeout");
            return;
        }

        if (!MustHandOver(now)) return;
        Notice(RaftNoticeKind.DiskHangs);
        if (TransferLeadership(now, null) is { } error) FailTransfer(now, error);
    }
}
