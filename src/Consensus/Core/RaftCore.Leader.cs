using Consul.Fast.Consensus.Wire;

namespace Consul.Fast.Consensus.Core;

/// <summary>Outcome of a configuration change.</summary>
internal enum ChangeOutcome
{
    Appended,

    /// <summary>The change before it is not committed yet: try again after the next commit.</summary>
    Wait,

    Refused,
}

/// <summary>What a leader does: appending, committing, membership.</summary>
internal sealed partial class RaftCore
{
    /// <summary>The other servers in the order of the configuration; empty on a server that does not lead.</summary>
    private readonly List<Peer> _peers = [];
    private ulong _termStart;
    private ulong[] _positions = [];

    /// <summary>True when the last change, and an entry of this leader's term, are committed.</summary>
    public bool CanChangeConfiguration =>
        Role == RaftRole.Leader && Latest.Index == Committed.Index && CommitIndex >= _termStart;

    /// <summary>Appends an entry of the own term; 0 when this server does not lead, or hands over.</summary>
    public ulong Propose(TimeSpan now, EntryType type, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> extensions = default) =>
        Role == RaftRole.Leader && !IsTransferring ? AppendOwn(now, type, data, extensions, null) : 0;

    /// <summary>Changes the cluster's servers, one change at a time.</summary>
    /// <param name="index">Index of the configuration entry when it was appended.</param>
    /// <param name="error">Why it was refused.</param>
    public ChangeOutcome ChangeConfiguration(TimeSpan now, ConfigurationChange change, out ulong index, out string? error)
    {
        index = 0;
        error = null;
        if (Role != RaftRole.Leader)
        {
            error = RaftErrors.NotLeader;
            return ChangeOutcome.Refused;
        }

        if (IsTransferring)
        {
            error = RaftErrors.TransferInProgress;
            return ChangeOutcome.Refused;
        }

        if (!CanChangeConfiguration) return ChangeOutcome.Wait;
        if (change.PreviousIndex != 0 && change.PreviousIndex != Latest.Index)
        {
            error = $"configuration changed since {change.PreviousIndex} (latest is {Latest.Index})";
            return ChangeOutcome.Refused;
        }

        ClusterConfiguration next = ConfigurationRules.Apply(Latest.Configuration, change);
        error = ConfigurationRules.Validate(next);
        if (error is not null) return ChangeOutcome.Refused;
        ConfigurationPoint point = new(next, LastIndex + 1);
        index = AppendOwn(now, EntryType.Configuration, ConfigurationCodec.Encode(next), default, point);
        OnConfigurationChanged();
        SyncPeers(now);
        AdvanceCommit(now);
        return ChangeOutcome.Appended;
    }

    /// <summary>Null when a user's snapshot may be restored now, otherwise why not.</summary>
    public string? CanRestore()
    {
        if (Role != RaftRole.Leader) return RaftErrors.NotLeader;
        if (IsTransferring) return RaftErrors.TransferInProgress;
        if (Latest.Index == Committed.Index) return null;
        return $"cannot restore snapshot now, wait until the configuration entry at {Latest.Index} has been applied " +
            $"(have applied {Committed.Index})";
    }

    private void BecomeLeader(TimeSpan now)
    {
        ChangeRole(RaftRole.Leader);
        Leader = _settings.ServerAddress;
        _termStart = LastIndex + 1;
        _leaseAt = now + _settings.Timings.LeaderLease;
        SyncPeers(now);
        AppendOwn(now, EntryType.Noop, default, default, null);
    }

    private ulong AppendOwn(
        TimeSpan now, EntryType type, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> extensions, ConfigurationPoint? configuration)
    {
        LogEntry entry = new(LastIndex + 1, Term, type, data, extensions, _settings.Epoch + now);
        _log.Append(entry, configuration);
        return entry.Index;
    }

    /// <summary>Makes the peers those of the latest configuration.</summary>
    private void SyncPeers(TimeSpan now)
    {
        _shared = null;
        HashSet<string> present = [];
        foreach (RaftServer server in Latest.Configuration.Servers)
        {
            if (server.Id == _settings.ServerId) continue;
            present.Add(server.Id);
            if (FindPeer(server.Id) is { } peer)
            {
                peer.Server = server;
                continue;
            }

            _peers.Add(new Peer(server, LastIndex + 1, now));
            Notice(RaftNoticeKind.PeerAdded, server.Id);
        }

        _departing.RemoveAll(peer => present.Contains(peer.Server.Id));
        for (int i = _peers.Count - 1; i >= 0; i--)
        {
            if (present.Contains(_peers[i].Server.Id)) continue;
            _departing.Add(_peers[i]);
            Notice(RaftNoticeKind.PeerRemoved, _peers[i].Server.Id, LastIndex);
            _peers.RemoveAt(i);
        }
    }

    private Peer? FindPeer(string id)
    {
        foreach (Peer peer in _peers)
        {
            if (peer.Server.Id == id) return peer;
        }

        return null;
    }

    private void AdvanceCommit(TimeSpan now)
    {
        ulong index = Math.Min(QuorumPosition(_log.DurableIndex, static peer => peer.MatchIndex), _log.DurableIndex);
        if (index > CommitIndex && index >= _termStart) CommitUpTo(now, index);
    }

    /// <summary>The highest value that a majority of the voters has reached.</summary>
    private ulong QuorumPosition(ulong own, Func<Peer, ulong> position)
    {
        int voters = ConfigurationRules.CountVoters(Latest.Configuration);
        if (_positions.Length != voters) _positions = new ulong[voters];
        int count = 0;
        if (IsVoter(_settings.ServerId)) _positions[count++] = own;
        foreach (Peer peer in _peers)
        {
            if (peer.IsVoter) _positions[count++] = position(peer);
        }

        Array.Sort(_positions);
        return _positions[(voters - 1) / 2];
    }
}
