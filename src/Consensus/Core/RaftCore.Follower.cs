using Consul.Fast.Consensus.Wire;

namespace Consul.Fast.Consensus.Core;

/// <summary>What a server does with a leader's requests.</summary>
internal sealed partial class RaftCore
{
    private SnapshotInstall? _install;
    private bool _held;

    /// <summary>The leader's log is another one than that of the snapshot here: only its own snapshot can help.</summary>
    private bool _estranged;

    /// <summary>
    /// Where the log ended that was given up for another past. A majority may have needed what was in it, so nobody gets a vote
    /// who has less.
    /// </summary>
    private (ulong Term, ulong Index) _forgotten;

    /// <summary>
    /// Keeps committed entries back while the driver replaces the state, until <see cref="ReleaseCommitted"/>: what is applied
    /// must not move meanwhile.
    /// </summary>
    public void HoldCommitted() => _held = true;

    /// <summary>Ends <see cref="HoldCommitted"/>.</summary>
    public void ReleaseCommitted() => _held = false;

    /// <summary>A leader replicates or beats.</summary>
    /// <param name="token">Comes back with the answer.</param>
    public void OnAppendRequest(TimeSpan now, AppendRequest request, object token)
    {
        ulong lastLog = LastIndex;
        if (!Follow(now, request.Term, request.Leader))
        {
            Reply(token, new AppendResponse(Term, lastLog, Success: false));
            return;
        }

        if (request.Heartbeat)
        {
            LastContact = now;
            Reply(token, new AppendResponse(Term, lastLog, Success: true));
            return;
        }

        // A leader that has the entry that the snapshot ends with has the same past.
        bool estranged = _estranged;
        if (request.PrevIndex == SnapshotIndex && request.PrevTerm == SnapshotTerm) _estranged = false;
        else _estranged |= IsEstrangedBy(request);
        if (_estranged && !estranged) Notice(RaftNoticeKind.Estranged, Leader);
        if (!AgreesAt(request.PrevIndex, request.PrevTerm))
        {
            Reply(token, new AppendResponse(Term, lastLog, Success: false, NoRetryBackoff: true));
            return;
        }

        if (_install is not null || !TryStore(request))
        {
            Reply(token, new AppendResponse(Term, lastLog, Success: false));
            return;
        }

        LastContact = now;
        // Only what this request has proven equal to the leader's log may be committed by it.
        ulong commit = Math.Min(request.LeaderCommit, request.LastIndex);
        AppendResponse stored = new(Term, lastLog, Success: true);
        long write = request.LastIndex <= DurableIndex ? _log.HardStateWrite : _log.CurrentWrite;
        _entryGates.Enqueue(new Gate(write, GateKind.Stored, Term, commit, token, stored));
        OpenGates(now);
    }

    /// <summary>A leader offers its snapshot because the log it would have to send is gone.</summary>
    public void OnSnapshotRequest(TimeSpan now, SnapshotRequest request, object token)
    {
        if (!Follow(now, request.Term, request.Leader) || _install is not null || _held)
        {
            Reply(token, new SnapshotResponse(Term, Success: false));
            return;
        }

        LastContact = now;
        // Where logs agree on an entry at the end of the snapshot here or after it, they have the same past.
        bool agrees = _log.TryTermAt(request.LastLogIndex, out ulong term) && term == request.LastLogTerm;
        if (agrees && request.LastLogIndex >= SnapshotIndex) _estranged = false;
        if (request.LastLogIndex <= CommitIndex && !_estranged)
        {
            // Everything in it is here already; going back would undo what was applied.
            Reply(token, new SnapshotResponse(Term, Success: true));
            return;
        }

        _install = new SnapshotInstall(request, token);
        _output.Install = _install;
    }

    /// <summary>
    /// The snapshot of <see cref="RaftOutput.Install"/> is stored and restored, or that failed. Nothing was handed out to be
    /// applied meanwhile, so the snapshot is ahead of the state it replaced, even where the commit index has passed it.
    /// </summary>
    public void OnSnapshotInstalled(TimeSpan now, SnapshotInstall install, bool success)
    {
        _install = null;
        if (success)
        {
            SnapshotConfiguration = install.Request.Configuration;
            AdoptSnapshot(install.Request);
            LastContact = now;
        }

        Reply(install.Token, new SnapshotResponse(Term, success));
    }

    /// <summary>
    /// Entries after the snapshot stay when the log agrees with it: the leader may count on having them stored here.
    /// </summary>
    private void AdoptSnapshot(SnapshotRequest request)
    {
        ulong index = request.LastLogIndex;
        bool estranged = _estranged;
        _estranged = false;
        if (estranged && _forgotten.CompareTo((LastTerm, LastIndex)) < 0) _forgotten = (LastTerm, LastIndex);
        if (estranged || index > DurableIndex || !_log.TryTermAt(index, out ulong term) || term != request.LastLogTerm)
        {
            ReplaceLog(index, request.LastLogTerm, request.Configuration);
            return;
        }

        _log.Compact(index, request.LastLogTerm, FirstIndex);
        CommitIndex = Math.Max(CommitIndex, index);
        ConfigurationPoint before = Committed.Index > index ? Committed : request.Configuration;
        StartFrom(index, Latest.Index > CommitIndex ? before : Latest);
    }

    /// <summary>True when the log up to here is the leader's. What is committed is everybody's, even where only a snapshot tells.</summary>
    private bool AgreesAt(ulong index, ulong leaderTerm)
    {
        if (_estranged && index <= SnapshotIndex) return false;
        if (index == 0) return true;
        return _log.TryTermAt(index, out ulong term) ? term == leaderTerm : index <= CommitIndex;
    }

    /// <summary>
    /// True when the request shows an entry at or below the end of the snapshot here that is of a later term: terms only grow, so
    /// the leader's log never held that snapshot. It takes an operator to get there: a recovery that committed what others
    /// did not have, a user's restore that nobody but a leader that failed has got.
    /// </summary>
    private bool IsEstrangedBy(AppendRequest request)
    {
        if (request.PrevIndex > SnapshotIndex || SnapshotIndex == 0) return false;
        if (request.PrevTerm > SnapshotTerm || (request.PrevIndex == SnapshotIndex && request.PrevTerm != SnapshotTerm)) return true;
        int covered = (int)Math.Min((ulong)request.Count, SnapshotIndex - request.PrevIndex);
        return covered > 0 && request.Entries is { } entries && covered <= entries.Count && entries[covered - 1].Term > SnapshotTerm;
    }

    /// <summary>False when the sender's term is over.</summary>
    private bool Follow(TimeSpan now, ulong term, string leader)
    {
        if (Role == RaftRole.Shutdown || term < Term) return false;
        if (term > Term || Role != RaftRole.Follower) BecomeFollower(now, term);
        if (_install is { } install && install.Request.Term < term) _output.CancelInstall = true;
        Leader = leader;
        EndPreVote();
        return true;
    }

    /// <summary>Takes over the entries that are new, replacing what differs. False when the request makes no sense.</summary>
    private bool TryStore(AppendRequest request)
    {
        if (request.Entries is null) return request.Count == 0;
        ulong expected = request.PrevIndex;
        foreach (LogEntry entry in request.Entries)
        {
            if (entry.Index != ++expected) return false;
            if (entry.Index <= LastIndex)
            {
                if (entry.Index <= CommitIndex && !_log.TryTermAt(entry.Index, out _)) continue;
                if (_log.TryTermAt(entry.Index, out ulong term) && term == entry.Term) continue;
                if (entry.Index <= CommitIndex) return false;
                _log.TruncateFrom(entry.Index, Committed);
            }

            Store(entry);
        }

        return true;
    }

    private void Store(LogEntry entry)
    {
        ConfigurationPoint? configuration = null;
        if (ConfigurationCodec.TryDecode(entry, out ClusterConfiguration decoded))
        {
            Committed = Latest;
            configuration = new ConfigurationPoint(decoded, entry.Index);
        }

        _log.Append(entry, configuration);
        if (configuration is not null) OnConfigurationChanged();
    }
}
