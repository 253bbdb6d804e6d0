namespace Consul.Fast.Consensus.Tests.Fakes;

/// <summary>Snapshots in memory; single ones can be made unreadable and commits made to fail.</summary>
internal sealed class FakeSnapshotStore : ISnapshotStore
{
    private readonly Lock _lock = new();
    private readonly List<(SnapshotMeta Meta, byte[] State)> _kept = [];

    public HashSet<string> Damaged { get; } = [];

    public string? CommitFault { get; set; }

    /// <summary>Runs before a snapshot becomes visible.</summary>
    public Action? BeforeCommit { get; set; }

    public IReadOnlyList<SnapshotMeta> List()
    {
        lock (_lock) return [.. _kept.OrderByDescending(k => (k.Meta.Term, k.Meta.Index)).Select(k => k.Meta)];
    }

    /// <summary>What is said of snapshots that are not even listed.</summary>
    public List<string> Unlisted { get; } = [];

    public IReadOnlyList<string> FindDamage() => Unlisted;

    public string Location => "fakes";

    public ISnapshotSink Create(ulong index, ulong term, ClusterConfiguration configuration, ulong configurationIndex) =>
        new Sink(this, new SnapshotMeta($"{term}-{index}-0", index, term, configuration, configurationIndex, 0));

    public Stream Open(SnapshotMeta snapshot)
    {
        if (Damaged.Contains(snapshot.Id)) throw new InvalidDataException($"{snapshot.Id}: bad block at 0");
        lock (_lock) return new MemoryStream(_kept.Single(k => k.Meta.Id == snapshot.Id).State, writable: false);
    }

    public void Remove(SnapshotMeta snapshot)
    {
        lock (_lock) _kept.RemoveAll(k => k.Meta.Id == snapshot.Id);
    }

    private sealed class Sink(FakeSnapshotStore store, SnapshotMeta meta) : ISnapshotSink
    {
        private readonly MemoryStream _state = new();

        public Stream Stream => _state;

        public ValueTask<SnapshotMeta> CommitAsync()
        {
            store.BeforeCommit?.Invoke();
            if (store.CommitFault is { } fault) throw new IOException(fault);
            SnapshotMeta complete = meta with { Size = _state.Length };
            lock (store._lock) store._kept.Add((complete, _state.ToArray()));
            return ValueTask.FromResult(complete);
        }

        public ValueTask DisposeAsync() => _state.DisposeAsync();
    }
}
