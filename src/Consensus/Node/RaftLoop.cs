using System.Runtime.InteropServices;
using Consul.Fast.Consensus.Core;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Consensus.Node;

/// <summary>What the Raft loop hands its work to.</summary>
internal sealed record RaftLoopParts(
    LogWriter Writer,
    ApplyLoop Apply,
    SnapshotInstaller Installer,
    IRaftTransport Transport,
    LeadershipNotifier Notifier,
    StatusBoard Board,
    TimeProvider Time,
    RaftMetrics Metrics,
    ILogger Logger);

/// <summary>Owns the core: everything that changes it comes through this loop, and its output leaves from here.</summary>
internal sealed partial class RaftLoop : SerialLoop, IRaftInbox, IDisposable
{
    private readonly RaftLoopParts _parts;
    private readonly RaftCore _core;
    private readonly RaftOutput _output;
    private readonly Func<TimeSpan> _clock;
    private readonly string _address;
    private readonly FinishedProposals _finished = new();
    private readonly PendingProposals _pending;
    private readonly Queue<Proposal> _parked = new();
    private readonly List<VerifyItem> _verifying = [];
    private readonly List<CommittedEntry> _committed = [];
    private readonly DeadlineTimer _timer;
    private BootstrapItem? _bootstrap;
    private bool _leads;

    /// <param name="clock">Monotonic time since the node's epoch.</param>
    public RaftLoop(RaftLoopParts parts, RaftCore core, RaftOutput output, Func<TimeSpan> clock, string address)
    {
        _parts = parts;
        _core = core;
        _output = output;
        _clock = clock;
        _address = address;
        _pending = new PendingProposals(_finished);
        _timer = new DeadlineTimer(this, parts.Time);
    }

    /// <summary>Takes a snapshot soon. Set once, before anything is posted.</summary>
    public Action? WantSnapshot { get; set; }

    /// <summary>Called when the loop has stopped.</summary>
    public void Dispose() => _timer.Dispose();

    ulong IRaftInbox.Term => _parts.Board.Status.Term;

    void IRaftInbox.OnRequest(RaftRequest request, IRaftReply reply) => PostInline(new RequestItem(request, reply));

    void IRaftInbox.OnResponse(string peerId, RaftRequest request, RaftResponse response) =>
        PostInline(new ResponseItem(peerId, request, response));

    void IRaftInbox.OnFailed(string peerId, RaftRequest request) => Post(new ResponseItem(peerId, request, null));

    protected override void Process(LoopItem item)
    {
        if (_core.Role == RaftRole.Shutdown)
        {
            Refuse(item);
            return;
        }

        switch (item)
        {
            case Proposal proposal:
                Propose(proposal);
                break;
            case WriteSettled write:
                OnWriteSettled(write);
                break;
            case DeadlineItem:
                _timer.Processed();
                _core.OnTick(_clock());
                break;
            case VerifyItem verify:
                Verify(verify);
                break;
            case RequestItem request:
                OnRequest(request);
                break;
            case ResponseItem response:
                OnResponse(response);
                break;
            case SnapshotItem snapshot:
                _core.OnSnapshotRequest(_clock(), snapshot.Request, snapshot);
                break;
            case SnapshotInstalledItem installed:
                OnSnapshotInstalled(installed);
                break;
            case ConfirmRestoreItem confirm:
                confirm.Complete(IsPlaceGood(confirm.Place));
                break;
            case SnapshotTakenItem taken:
                OnSnapshotTaken(taken);
                break;
            case BeginRestoreItem begin:
                BeginRestore(begin);
                break;
            case EndRestoreItem end:
                EndRestore(end);
                break;
            case BootstrapItem bootstrap:
                Bootstrap(bootstrap);
                break;
            case TransferItem transfer:
                Transfer(transfer);
                break;
            case StartItem:
                _core.Start(_clock());
                break;
            case StopItem stop:
                _stop = stop;
                break;
        }
    }

    protected override void EndRound()
    {
        TimeSpan now = _clock();
        // What one flush releases can make room for more: a committed configuration lets the next change begin.
        do
        {
            RetryParked();
            _core.Flush(now);
            CarryOut();
        }
        while (HasParkedTurn());
        CompleteVerified();
        CompleteTransfer();
        ContinueRestore();
        ContinueStop();
        _parts.Board.Publish(_core);
        HandToApply();
        if (_core.NextDeadline is { } deadline) _timer.Arm(now, deadline);
    }

    protected override IThreadPoolWorkItem? TakeAfterwork()
    {
        // This thread may be the log writer or a caller in a hurry: nobody else's continuation runs on it.
        _finished.Dispatch();
        return null;
    }

    protected override void OnFault(Exception exception)
    {
        Log.LoopFailed(_parts.Logger, exception);
        Shutdown();
    }

    private void CarryOut()
    {
        if (_output.IsEmpty) return;
        foreach (RaftNotice notice in _output.Notices) Tell(notice);
        ulong ledUpTo = Math.Min(_output.LedUpTo, _output.FirstCommitted + (ulong)_output.Committed.Count - 1);
        int led = _output.Committed.Count == 0 || ledUpTo < _output.FirstCommitted ? 0 : (int)(ledUpTo - _output.FirstCommitted + 1);
        TakeCommitted(0, led);
        foreach (RaftRole role in _output.Roles) OnRoleChanged(role);
        if (_output.WriteId != 0) _parts.Writer.Enqueue(_output);
        TakeCommitted(led, _output.Committed.Count);
        if (_output.Install is { } install) _parts.Installer.Begin(install);
        if (_output.WantSnapshot) WantSnapshot?.Invoke();
        if (_output.CancelInstall) _parts.Installer.Cancel();
        foreach (PeerReply reply in _output.Replies) ((IRaftReply)reply.Token).Reply(reply.Response);
        foreach (PeerRequest request in _output.Requests) _parts.Transport.Send(request);
        _output.Clear();
    }

    private void TakeCommitted(int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            ulong index = _output.FirstCommitted + (ulong)i;
            Proposal? proposal = _pending.TakeCommitted(index);
            if (proposal is not null) _parts.Metrics.CommitTime.RecordSince(proposal.Appended);
            _committed.Add(new CommittedEntry(index, _output.Committed[i], proposal));
        }
    }

    private void HandToApply()
    {
        if (_committed.Count == 0) return;
        _parts.Metrics.CommitNumLogs.Record(_committed.Count);
        _parts.Apply.Enqueue(CollectionsMarshal.AsSpan(_committed));
        _committed.Clear();
    }

    private void OnWriteSettled(WriteSettled write)
    {
        _bootstrap?.Complete(write.Error is null ? null : $"failed to bootstrap: {write.Error}");
        _bootstrap = null;
        if (write.Error is null)
        {
            _core.OnWritten(_clock(), write.Id);
            return;
        }

        _core.OnWriteFailed(_clock(), write.Generation);
        _pending.FailAbove(_core.DurableIndex, $"failed to commit log: {write.Error}");
    }

    private void OnRoleChanged(RaftRole role)
    {
        bool leads = role == RaftRole.Leader;
        _parts.Metrics.EnterRole(role);
        _parts.Writer.Leads = leads;
        switch (role)
        {
            case RaftRole.Leader:
                Log.EnteringLeader(_parts.Logger, _address, _core.Term);
                break;
            case RaftRole.Candidate:
                Log.EnteringCandidate(_parts.Logger, _address, _core.Term);
                break;
            case RaftRole.Follower:
                Log.EnteringFollower(_parts.Logger, _address, _core.Leader);
                break;
        }

        if (leads == _leads) return;
        _leads = leads;
        if (!leads) FailEverything(role == RaftRole.Shutdown ? RaftErrors.Shutdown : RaftErrors.LeadershipLost);
        // Listeners may look at the status, so it is published first.
        _parts.Board.Publish(_core);
        _parts.Notifier.Notify(leads);
    }

    private void Tell(RaftNotice notice)
    {
        switch (notice.Kind)
        {
            case RaftNoticeKind.HeartbeatTimeout:
                Log.HeartbeatTimeout(_parts.Logger, notice.Subject);
                break;
            case RaftNoticeKind.ElectionTimeout:
                Log.ElectionTimeout(_parts.Logger);
                break;
            case RaftNoticeKind.ElectionWon:
                Log.ElectionWon(_parts.Logger, notice.Number);
                break;
            case RaftNoticeKind.QuorumLost:
                Log.QuorumLost(_parts.Logger);
                break;
            case RaftNoticeKind.DiskHangs:
                Log.DiskHangs(_parts.Logger);
                break;
            case RaftNoticeKind.PeerAdded:
                Log.PeerAdded(_parts.Logger, notice.Subject);
                break;
            case RaftNoticeKind.PeerRemoved:
                Log.PeerRemoved(_parts.Logger, notice.Subject, notice.Number);
                break;
            case RaftNoticeKind.Estranged:
                Log.Estranged(_parts.Logger, notice.Subject);
                break;
        }
    }

    private void OnRequest(RequestItem item)
    {
        TimeSpan now = _clock();
        switch (item.Request)
        {
            case AppendRequest append:
                _core.OnAppendRequest(now, append, item.ReplyTo);
                break;
            case VoteRequest vote:
                _core.OnVoteRequest(now, vote, item.ReplyTo);
                break;
            case PreVoteRequest vote:
                _core.OnPreVoteRequest(now, vote, item.ReplyTo);
                break;
            case TimeoutNowRequest handOver:
                _core.OnTimeoutNow(now, handOver, item.ReplyTo);
                break;
            default:
                throw new ArgumentException($"{item.Request.GetType().Name} is not delivered as a request");
        }
    }

    private void OnResponse(ResponseItem item)
    {
        TimeSpan now = _clock();
        switch (item.Request, item.Response)
        {
            case (AppendRequest request, AppendResponse response):
                _core.OnAppendResponse(now, item.PeerId, request, response);
                break;
            case (VoteRequest request, VoteResponse response):
                _core.OnVoteResponse(now, item.PeerId, request, response);
                break;
            case (PreVoteRequest request, PreVoteResponse response):
                _core.OnPreVoteResponse(now, item.PeerId, request, response);
                break;
            case (TimeoutNowRequest, TimeoutNowResponse):
                // What comes of it shows in the next leader's requests, or does not before the time is over.
                break;
            case (SnapshotRequest request, SnapshotResponse response):
                _core.OnSnapshotResponse(now, item.PeerId, request, response);
                break;
            default:
                _core.OnRequestFailed(now, item.PeerId, item.Request);
                break;
        }
    }

    private void Bootstrap(BootstrapItem item)
    {
        if (!_core.TryBootstrap(_clock(), item.Configuration))
        {
            item.Complete("bootstrap only works on new clusters");
            return;
        }

        Log.Bootstrapped(_parts.Logger, Describe(item.Configuration));
        _bootstrap = item;
    }

    public static string Describe(ClusterConfiguration configuration) =>
        "[" + string.Join(", ", configuration.Servers.Select(s => $"{{Suffrage:{s.Suffrage} ID:{s.Id} Address:{s.Address}}}")) + "]";
}

/// <summary>Begins to take part.</summary>
internal sealed class StartItem : LoopItem;
