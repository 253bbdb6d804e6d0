using Consul.Fast.Consensus.Wire;

namespace Consul.Fast.Consensus.Core;

/// <summary>What a server does with a leader's requests.</summary>
internal sealed partial class RaftCore
{
    private bool _installing;

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

        if (!AgreesAt(request.PrevIndex, request.PrevTerm))
        {
            Reply(token, new AppendResponse(Term, lastLog, Success: false, NoRetryBackoff: true));
            return;
        }

        if (_installing || !TryStore(request))
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
        if (!Follow(now, request.Term, request.Leader) || _installing)
        {
            Reply(token, new SnapshotResponse(Term, Success: false));
            return;
        }

        LastContact = now;
        if (request.LastLogIndex <= CommitIndex)
        {
            // Everything in it is here already; going back would undo what was applied.
            Reply(token, new SnapshotResponse(Term, Success: true));
            return;
        }

        _installing = true;
        _output.Install = new SnapshotInstall(request, token);
    }

    /// <summary>The snapshot of <see cref="RaftOutput.Install"/> is stored and restored, or that failed.</summary>
    public void OnSnapshotInstalled(TimeSpan now, SnapshotInstall install, bool success)
    {
        _installing = false;
        SnapshotRequest request = install.Request;
        if (success && request.LastLogIndex > CommitIndex)
        {
            SnapshotConfiguration = request.Configuration;
            AdoptSnapshot(request);
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
        if (index > DurableIndex || !_log.TryTermAt(index, out ulong term) || term != request.LastLogTerm)
        {
            ReplaceLog(index, request.LastLogTerm, request.Configuration);
            return;
        }

        _log.Compact(index, request.LastLogTerm, FirstIndex);
        StartFrom(index, Latest.Index > index ? request.Configuration : Latest);
    }

    /// <summary>True when the log up to here is the leader's. What is committed is everybody's, even where only a snapshot tells.</summary>
    private bool AgreesAt(ulong index, ulong leaderTerm)
    {
        if (index == 0) return true;
        return _log.TryTermAt(index, out ulong term) ? term == leaderTerm : index <= CommitIndex;
    }

    /// <summary>False when the sender's term is over.</summary>
    private bool Follow(TimeSpan now, ulong term, string leader)
    {
        if (Role == RaftRole.Shutdown || term < Term) return false;
        if (term > Term || Role != RaftRole.Follower) BecomeFollower(now, term);
        Leader = leader;
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
