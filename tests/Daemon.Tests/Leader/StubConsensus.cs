using Consul.Fast.Consensus;

namespace Consul.Fast.Daemon.Tests.Leader;

/// <summary>Consensus that does what a test says, and remembers what it was asked. Begins as a follower.</summary>
internal sealed class StubConsensus : IConsensus
{
    public event Action<bool>? LeadershipChanged;

    public bool Leads { get; private set; }

    /// <summary>All barriers wait for it.</summary>
    public Task Barrier { get; set; } = Task.CompletedTask;

    public int Barriers { get; private set; }

    /// <summary>What a hand-over answers; null makes this server a follower.</summary>
    public string? TransferError { get; set; }

    public int Transfers { get; private set; }

    public RaftStatus Status => new(Leads ? RaftRole.Leader : RaftRole.Follower, 1, "", "", 7, 7, 7, 1, 0, 0, null);

    public (ClusterConfiguration Configuration, ulong Index) Configuration { get; set; } = (ClusterConfiguration.Empty, 0);

    public List<ConfigurationChange> Changes { get; } = [];

    public void Lead(bool leads)
    {
        Leads = leads;
        LeadershipChanged?.Invoke(leads);
    }

    public ValueTask<ProposalResult> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation = default) =>
        new(new ProposalResult(0, null, Leads ? null : RaftErrors.NotLeader));

    public async ValueTask<ProposalResult> BarrierAsync(CancellationToken cancellation = default)
    {
        Barriers++;
        await Barrier.WaitAsync(cancellation);
        return new ProposalResult(7, null, Leads ? null : RaftErrors.NotLeader);
    }

    public ValueTask<ProposalResult> ChangeConfigurationAsync(ConfigurationChange change, CancellationToken cancellation = default)
    {
        Changes.Add(change);
        return new(new ProposalResult(8, null, null));
    }

    public ValueTask<string?> TransferLeadershipAsync(string? serverId = null, CancellationToken cancellation = default)
    {
        Transfers++;
        if (TransferError is null) Lead(false);
        return new(TransferError);
    }

    public ValueTask<string?> VerifyLeaderAsync(CancellationToken cancellation = default) => new(Leads ? null : RaftErrors.NotLeader);

    public ValueTask<(SnapshotMeta? Snapshot, string? Error)> SnapshotAsync(CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public ValueTask<string?> RestoreAsync(SnapshotMeta meta, Stream state, CancellationToken cancellation = default) =>
        throw new NotSupportedException();
}
