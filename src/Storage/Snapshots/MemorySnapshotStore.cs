using Consul.Fast.Consensus;

namespace Consul.Fast.Storage.Snapshots;

/// <summary>Snapshots that live as long as the process: development mode, and tests. Only the newest is kept.</summary>
public sealed class MemorySnapshotStore(TimeProvider time) : ISnapshotStore
{
    private volatile Kept? _newest;

    public IReadOnlyList<SnapshotMeta> List() => _newest is { } newest ? [newest.Meta] : [];

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
        if (_newest is not { } newest || newest.Meta.Id != snapshot.Id) throw new FileNotFoundException($"snapshot {snapshot.Id} is gone");
        return new MemoryStream(newest.State, writable: false);
    }

    private sealed record Kept(SnapshotMeta Meta, byte[] State);

    private sealed class Sink(MemorySnapshotStore store, SnapshotMeta meta) : ISnapshotSink
    {
        private readonly MemoryStream _state = new();

        public Stream Stream => _state;

        public ValueTask<SnapshotMeta> CommitAsync()
        {
            SnapshotMeta complete = meta with { Size = _state.Length };
            store._newest = new Kept(complete, _state.ToArray());
            return ValueTask.FromResult(complete);
        }

        public ValueTask DisposeAsync() => _state.DisposeAsync();
    }
}
