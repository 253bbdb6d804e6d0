namespace Consul.Fast.Consensus.Core;

/// <summary>A leader's traffic with its peers: entries, heartbeats, the lease and verification.</summary>
internal sealed partial class RaftCore
{
    private static readonly TimeSpan LeaseRecheckFloor = TimeSpan.FromMilliseconds(10);

    /// <summary>Bytes of entries in one request; a single entry may be larger.</summary>
    private const int MaxRequestBytes = 1 << 20;

    /// <summary>What a request counts for whose entries are only read when it is sent: few of them at a time.</summary>
    private const int UnreadSize = 2 << 20;

    /// <summary>Servers that were removed and are still to be told so.</summary>
    private readonly List<Peer> _departing = [];

    private AppendRequest? _shared;
    private TimeSpan _leaseAt;
    private ulong _verifyRound;

    /// <summary>Newest verify round that a quorum has confirmed.</summary>
    public ulong VerifiedRound { get; private set; }

    /// <summary>
    /// Asks a quorum whether this server still leads. The question is answered yes when <see cref="VerifiedRound"/> has
    /// reached the returned round, and no when leadership ends before; 0 when this server does not lead.
    /// </summary>
    public ulong VerifyLeader(TimeSpan now)
    {
        if (Role != RaftRole.Leader) return 0;
        _verifyRound++;
        if (IsSoleVoter)
        {
            VerifiedRound = _verifyRound;
            return _verifyRound;
        }

        foreach (Peer peer in _peers)
        {
            if (!peer.HeartbeatInflight) SendHeartbeat(now, peer);
        }

        return _verifyRound;
    }

    public void OnAppendResponse(TimeSpan now, string peerId, AppendRequest request, AppendResponse response)
    {
        if (Role != RaftRole.Leader || request.Term != Term || FindPeer(peerId) is not { } peer) return;
        if (response.Term > Term)
        {
            BecomeFollower(now, response.Term);
            return;
        }

        peer.Contact(request.SentAt);
        if (request.Heartbeat) OnHeartbeatAnswered(now, peer, request, response);
        else OnEntriesAnswered(now, peer, request, response);
    }

    public void OnSnapshotResponse(TimeSpan now, string peerId, SnapshotRequest request, SnapshotResponse response)
    {
        if (Role != RaftRole.Leader || request.Term != Term || FindPeer(peerId) is not { } peer) return;
        peer.SnapshotInflight = false;
        if (response.Term > Term)
        {
            BecomeFollower(now, response.Term);
            return;
        }

        if (!response.Success)
        {
            peer.Fail(now, request.SentAt);
            return;
        }

        peer.Contact(now);
        peer.Recover();
        peer.NeedsSnapshot = false;
        peer.ProbeStep = 1;
        peer.MatchIndex = Math.Max(peer.MatchIndex, request.LastLogIndex);
        peer.NextIndex = Math.Max(peer.NextIndex, request.LastLogIndex + 1);
        AdvanceCommit(now);
    }

    /// <summary>A request got no answer.</summary>
    public void OnRequestFailed(TimeSpan now, string peerId, RaftRequest request)
    {
        if (Role != RaftRole.Leader || request.Term != Term || FindPeer(peerId) is not { } peer) return;
        switch (request)
        {
            case AppendRequest { Heartbeat: true }:
                peer.HeartbeatInflight = false;
                peer.HeartbeatFailures++;
                peer.HeartbeatAt = now + HeartbeatPause(peer.HeartbeatFailures);
                break;
            case AppendRequest append:
                peer.End(append);
                peer.NextIndex = Math.Max(peer.MatchIndex + 1, Math.Min(peer.NextIndex, append.PrevIndex + 1));
                peer.Fail(now, append.SentAt);
                break;
            case SnapshotRequest snapshot:
                peer.SnapshotInflight = false;
                peer.Fail(now, snapshot.SentAt);
                break;
            case TimeoutNowRequest when _transferTo == peerId:
                FailTransfer(now, $"failed to make TimeoutNow RPC to {peerId}");
                break;
        }
    }

    /// <summary>Never so long that a server that comes back would miss its leader.</summary>
    private TimeSpan HeartbeatPause(int failures)
    {
        TimeSpan longest = _settings.Timings.Heartbeat / 2;
        TimeSpan pause = Peer.Backoff(failures);
        return pause < longest ? pause : longest;
    }

    private void OnHeartbeatAnswered(TimeSpan now, Peer peer, AppendRequest request, AppendResponse response)
    {
        peer.HeartbeatInflight = false;
        peer.HeartbeatFailures = 0;
        if (!response.Success)
        {
            if (VerifiedRound < _verifyRound) BecomeFollower(now, Term);
            return;
        }

        peer.ConfirmedRound = Math.Max(peer.ConfirmedRound, request.Round);
        VerifiedRound = Math.Max(VerifiedRound, QuorumPosition(_verifyRound, static p => p.ConfirmedRound));
        if (peer.SentRound < _verifyRound) SendHeartbeat(now, peer);
    }

    private void OnEntriesAnswered(TimeSpan now, Peer peer, AppendRequest request, AppendResponse response)
    {
        peer.End(request);
        if (response.Success)
        {
            peer.Recover();
            peer.ProbeStep = 1;
            peer.NeedsSnapshot = false;
            peer.MatchIndex = Math.Max(peer.MatchIndex, request.LastIndex);
            peer.NextIndex = Math.Max(peer.NextIndex, request.LastIndex + 1);
            peer.Pipelining = true;
            AdvanceCommit(now);
            return;
        }

        peer.Pipelining = false;
        // Later requests of a broken pipeline are refused too; only the first refusal says something new.
        if (request.PrevIndex == 0)
        {
            peer.NeedsSnapshot = true;
            _output.WantSnapshot |= SnapshotIndex == 0;
        }
        else if (request.PrevIndex < peer.NextIndex) peer.NextIndex = FindEarlier(peer, request.PrevIndex, response) + 1;

        if (response.NoRetryBackoff && request.PrevIndex > 0) peer.Recover();
        else peer.Fail(now, request.SentAt);
    }

    /// <summary>
    /// Where to look next for an entry that both have, when they differ at <paramref name="index"/>: at the peer's end, or twice
    /// as far back as before, but at every border between terms and at the oldest entry there is. A log that went astray for
    /// thousands of entries is led back in a few steps; farther than that would leave what a peer keeps before its snapshot.
    /// </summary>
    private ulong FindEarlier(Peer peer, ulong index, AppendResponse response)
    {
        if (response.LastLog < index) return response.LastLog;
        if (!response.NoRetryBackoff) return index - 1;
        ulong earlier = index - Math.Min(index, peer.ProbeStep);
        peer.ProbeStep *= 2;
        ulong border = _log.SpanStart(index);
        if (border > 0 && border <= index) earlier = Math.Max(earlier, border - 1);
        ulong oldest = FirstIndex == SnapshotIndex + 1 ? SnapshotIndex : FirstIndex;
        return index > oldest ? Math.Max(earlier, oldest) : earlier;
    }

    private TimeSpan? NextLeaderDeadline()
    {
        if (_peers.Count == 0) return null;
        TimeSpan? next = IsSoleVoter ? null : _leaseAt;
        if (NextTransferDeadline() is { } transfer) next = Earlier(next, transfer);
        ulong last = Sendable;
        foreach (Peer peer in _peers)
        {
            if (!peer.HeartbeatInflight) next = Earlier(next, peer.HeartbeatAt);
            if (peer.SnapshotInflight) continue;
            if (IsDue(peer, last)) next = Earlier(next, peer.PausedUntil);
            else if (peer.Inflight == 0) next = Earlier(next, peer.IdleAt > peer.PausedUntil ? peer.IdleAt : peer.PausedUntil);
        }

        return next;
    }

    private void TickLeader(TimeSpan now)
    {
        foreach (Peer peer in _peers)
        {
            if (!peer.HeartbeatInflight && now >= peer.HeartbeatAt) SendHeartbeat(now, peer);
        }

        if (!IsSoleVoter && _peers.Count > 0 && now >= _leaseAt) CheckLease(now);
        if (Role == RaftRole.Leader) TickTransfer(now);
    }

    private void CheckLease(TimeSpan now)
    {
        int voters = ConfigurationRules.CountVoters(Latest.Configuration);
        int contacted = IsVoter(_settings.ServerId) ? 1 : 0;
        TimeSpan oldest = TimeSpan.Zero;
        foreach (Peer peer in _peers)
        {
            TimeSpan age = now - peer.LastContact;
            if (!peer.IsVoter || age > _settings.Timings.LeaderLease) continue;
            contacted++;
            if (age > oldest) oldest = age;
        }

        if (contacted < (voters / 2) + 1)
        {
            Notice(RaftNoticeKind.QuorumLost);
            BecomeFollower(now, Term);
            return;
        }

        TimeSpan wait = _settings.Timings.LeaderLease - oldest;
        _leaseAt = now + (wait > LeaseRecheckFloor ? wait : LeaseRecheckFloor);
    }

    /// <summary>
    /// Entries are sent while the own write runs, but no configuration before it is on the own disk: else the only server that
    /// has it after a crash may be one that it takes the vote from, which keeps the others from winning and never stands.
    /// </summary>
    private ulong Sendable => Latest.Index > DurableIndex ? Math.Min(LastIndex, Latest.Index - 1) : LastIndex;

    private void Replicate(TimeSpan now)
    {
        _shared = null;
        ulong last = Sendable;
        foreach (Peer peer in _peers)
        {
            if (peer.SnapshotInflight || now < peer.PausedUntil) continue;
            bool sent = false;
            while (IsDue(peer, last))
            {
                SendEntries(now, peer, last);
                sent = true;
            }

            if (!sent && peer.Inflight == 0 && now >= peer.IdleAt) SendEntries(now, peer, last);
        }

        if (_departing.Count > 0 && DurableIndex >= Latest.Index) Dismiss(now);
    }

    /// <summary>One last attempt to let removed servers know that they are; of what comes after, they learn nothing.</summary>
    private void Dismiss(TimeSpan now)
    {
        _shared = null;
        foreach (Peer peer in _departing)
        {
            if (!peer.IsWindowFull) SendEntries(now, peer, Latest.Index);
        }

        _departing.Clear();
    }

    /// <param name="last">Newest entry that may be sent.</param>
    private bool IsDue(Peer peer, ulong last)
    {
        if (peer.NextIndex > last || peer.IsWindowFull || peer.SnapshotInflight) return false;
        if (peer.Inflight < Peer.MaxInflightUnfilled) return true;
        int available = (int)Math.Min((ulong)_settings.MaxAppendEntries, last - peer.NextIndex + 1);
        return available == _settings.MaxAppendEntries || CountCached(peer.NextIndex, available, out _) < available;
    }

    /// <summary>Sends the next entries, none when the peer is up to date, or the snapshot when they are gone.</summary>
    /// <param name="last">Newest entry that may be sent.</param>
    private void SendEntries(TimeSpan now, Peer peer, ulong last)
    {
        ulong prev = peer.NextIndex - 1;
        ulong prevTerm = 0;
        bool needsSnapshot = peer.NeedsSnapshot && SnapshotIndex > 0;
        if (needsSnapshot || peer.NextIndex < FirstIndex || (prev > 0 && !_log.TryTermAt(prev, out prevTerm)))
        {
            SendSnapshot(now, peer);
            return;
        }

        AppendRequest request = EntriesAfter(now, prev, prevTerm, last);
        peer.Begin(request);
        peer.IdleAt = now + _random.Spread(_settings.Timings.Commit);
        if (peer.Pipelining) peer.NextIndex += (ulong)request.Count;
        _output.Requests.Add(new PeerRequest(peer.Server, request));
    }

    private void SendSnapshot(TimeSpan now, Peer peer)
    {
        peer.SnapshotInflight = true;
        SnapshotRequest request = new(Term, Leader, SnapshotIndex, SnapshotTerm, SnapshotConfiguration, now);
        _output.Requests.Add(new PeerRequest(peer.Server, request));
    }

    private void SendHeartbeat(TimeSpan now, Peer peer)
    {
        peer.HeartbeatInflight = true;
        peer.SentRound = _verifyRound;
        peer.HeartbeatAt = now + _random.Spread(_settings.Timings.Heartbeat / 10);
        AppendRequest request = new(Term, Leader, 0, 0, null, 0, 0, Heartbeat: true, _verifyRound, now);
        _output.Requests.Add(new PeerRequest(peer.Server, request));
    }

    /// <summary>The request for peers that have everything up to <paramref name="prev"/>; several share one.</summary>
    private AppendRequest EntriesAfter(TimeSpan now, ulong prev, ulong prevTerm, ulong last)
    {
        if (_shared is { } shared && shared.PrevIndex == prev && shared.SentAt == now && shared.LeaderCommit == CommitIndex) return shared;
        int available = last > prev ? (int)Math.Min((ulong)_settings.MaxAppendEntries, last - prev) : 0;
        int count = CountCached(prev + 1, available, out int size);
        LogEntry[]? entries = null;
        if (count > 0 || available == 0)
        {
            entries = count == 0 ? [] : new LogEntry[count];
            for (int i = 0; i < count; i++) entries[i] = _log.Cached(prev + 1 + (ulong)i)!;
        }
        else
        {
            count = available;
            size = UnreadSize;
        }

        _shared = new AppendRequest(Term, Leader, prev, prevTerm, entries, count, CommitIndex, SentAt: now, Size: size);
        return _shared;
    }

    /// <summary>Entries in memory from <paramref name="first"/> on that fit into one request; 0 when the driver has to read them.</summary>
    private int CountCached(ulong first, int available, out int size)
    {
        size = 0;
        int count = 0;
        while (count < available && _log.Cached(first + (ulong)count) is { } entry)
        {
            int more = EntryRing.SizeOf(entry);
            if (count > 0 && size + more > MaxRequestBytes) break;
            size += more;
            count++;
        }

        return count;
    }

    private static TimeSpan Earlier(TimeSpan? a, TimeSpan b) => a is { } value && value < b ? value : b;
}
