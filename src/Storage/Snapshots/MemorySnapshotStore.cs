using Consul.Fast.Consensus;

namespace Consul.Fast.Storage.Snapshots;

/// <summary>Snapshots that live as long as the process: development mode, and tests. The newest two are kept.</summary>
public sealed class MemorySnapshotStore(TimeProvider time) : ISnapshotStore
{
    private const int Retained = 2;

    /// <summary>Newest first; replaced as a whole.</summary>
    private volatile Kept[] _kept = [];

    public IReadOnlyList<SnapshotMeta> List() => [.. _kept.Select(k => k.Meta)];

    public IReadOnlyList<string> FindDamage() => [];

    public string Location => "memory";

    public ISnapshotSink Create(ulong index, ulong term, ClusterConfiguration configuration, ulong configurationIndex)
    {
        string id = $"{term}-{index}-{time.GetUtcNow().ToUnixTimeMilliseconds()}";
        return new Sink(this, new SnapshotMeta(id, index, term, configuration, configurationIndex, Size: 0));
    }

    public Stream Open(SnapshotMeta snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        Kept kept = _kept.FirstOrDefault(k => k.Meta.Id == snapshot.Id) ??
            throw new FileNotFoundException($"snapshot {snapshot.Id} is gone");
        return new MemoryStream(kept.State, writable: false);
    }

    public void Remove(SnapshotMeta snapshot) => _kept = [.. _kept.Where(k => k.Meta.Id != snapshot.Id)];

    private sealed record Kept(SnapshotMeta Meta, byte[] State);

    private sealed class Sink(MemorySnapshotStore store, SnapshotMeta meta) : ISnapshotSink
    {
        private readonly MemoryStream _state = new();

        public Stream Stream => _state;

        public ValueTask<SnapshotMeta> CommitAsync()
        {
            SnapshotMeta complete = meta with { Size = _state.Length };
            Kept[] all = [new Kept(complete, _state.ToArray()), .. store._kept];
            store._kept = [.. all.OrderByDescending(k => (k.Meta.Term, k.Meta.Index)).Take(Retained)];
            return ValueTask.FromResult(complete);
        }

        public ValueTask DisposeAsync() => _state.DisposeAsync();
    }
}
