using Consul.Fast.Consensus;
using Consul.Fast.Storage.State;

namespace Consul.Fast.Daemon.Tests.Leader;

/// <summary>The leader of a cluster whose servers change as they are told to: every change is committed at once.</summary>
internal sealed class ClusterConsensus(StateStore store, string leader) : IConsensus
{
    private readonly Lock _gate = new();
    private ClusterConfiguration _configuration = ClusterConfiguration.Empty;
    private ulong _index;

    event Action<bool>? IConsensus.LeadershipChanged
    {
        add { }
        remove { }
    }

    /// <summary>Changes as <c>AddVoter b 10.0.0.2:8300</c>, in order; also those that were refused.</summary>
    public List<string> Changes { get; } = [];

    /// <summary>Why changes are refused, or null.</summary>
    public string? Refusal { get; set; }

    public RaftStatus Status
    {
        get
        {
            lock (_gate) return new(RaftRole.Leader, 3, "10.0.0.1:8300", leader, _index, _index, _index, 3, 0, 0, null);
        }
    }

    public (ClusterConfiguration Configuration, ulong Index) Configuration
    {
        get
        {
            lock (_gate) return (_configuration, 1);
        }
    }

    public string[] ChangesSoFar
    {
        get
        {
            lock (_gate) return [.. Changes];
        }
    }

    public void Put(Suffrage suffrage, string id, string address)
    {
        lock (_gate)
            _configuration = new ClusterConfiguration([.. _configuration.Servers.Where(s => s.Id != id), new RaftServer(suffrage, id, address)]);
    }

    public Suffrage? SuffrageOf(string id) => Configuration.Configuration.Servers.FirstOrDefault(s => s.Id == id)?.Suffrage;

    public ValueTask<ProposalResult> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            var results = new object?[1];
            store.Apply([new LogEntry(++_index, 3, EntryType.Command, command)], results);
            return new(new ProposalResult(_index, results[0], null));
        }
    }

    public ValueTask<ProposalResult> ChangeConfigurationAsync(ConfigurationChange change, CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            Changes.Add($"{change.Kind} {change.ServerId} {change.Address}".TrimEnd());
            if (Refusal is not null) return new(new ProposalResult(0, null, Refusal));
        }

        if (change.Kind == ConfigurationChangeKind.AddVoter) Put(Suffrage.Voter, change.ServerId, change.Address);
        else if (change.Kind == ConfigurationChangeKind.AddNonVoter) Put(Suffrage.NonVoter, change.ServerId, change.Address);
        else
            lock (_gate) _configuration = new ClusterConfiguration([.. _configuration.Servers.Where(s => s.Id != change.ServerId)]);
        return new(new ProposalResult(1, null, null));
    }

    public ValueTask<ProposalResult> BarrierAsync(CancellationToken cancellation = default) => throw new NotSupportedException();

    public ValueTask<string?> VerifyLeaderAsync(CancellationToken cancellation = default) => throw new NotSupportedException();

    public ValueTask<string?> TransferLeadershipAsync(string? serverId = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public ValueTask<(SnapshotMeta? Snapshot, string? Error)> SnapshotAsync(CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public ValueTask<string?> RestoreAsync(SnapshotMeta meta, Stream state, CancellationToken cancellation = default) =>
        throw new NotSupportedException();
}
