using Consul.Fast.Consensus;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>What a server has on its disk; survives crashes. Writes go through <see cref="SimWriter"/> first.</summary>
internal sealed class SimDisk : ILogStore, ISnapshotStore
{
    private readonly SortedDictionary<ulong, LogEntry> _entries = [];
    private (SnapshotMeta Meta, byte[] State)? _snapshot;

    public ulong FirstIndex => _entries.Count == 0 ? 0 : _entries.Keys.First();

    public ulong LastIndex => _entries.Count == 0 ? 0 : _entries.Keys.Last();

    public HardState HardState { get; private set; } = new(0, 0, "");

    public void Append(ReadOnlySpan<LogEntry> entries)
    {
        foreach (LogEntry entry in entries)
        {
            ulong last = LastIndex;
            if (last != 0 && entry.Index > last + 1) Reset();
            for (ulong index = entry.Index; index <= last; index++) _entries.Remove(index);
            _entries[entry.Index] = entry;
        }
    }

    public void SetHardState(HardState state) => HardState = state;

    public void Sync()
    {
        // What arrives here is durable; the time it takes and its faults are the writer's.
    }

    public bool TryRead(ulong index, out LogEntry entry) => _entries.TryGetValue(index, out entry!);

    public void TruncateHead(ulong index)
    {
        while (_entries.Count > 0 && FirstIndex <= index) _entries.Remove(FirstIndex);
    }

    public void Reset() => _entries.Clear();

    public void Dispose()
    {
        // Memory only.
    }

    public IReadOnlyList<SnapshotMeta> List() => _snapshot is { } snapshot ? [snapshot.Meta] : [];

    public IReadOnlyList<string> FindDamage() => [];

    public string Location => "disk";

    public Stream Open(SnapshotMeta snapshot) => new MemoryStream(_snapshot!.Value.State, writable: false);

    /// <summary>The newest snapshot when it ends at <paramref name="index"/>.</summary>
    public byte[]? SnapshotAt(ulong index) => _snapshot is { } snapshot && snapshot.Meta.Index == index ? snapshot.State : null;

    public void StoreSnapshot(ulong index, ulong term, ClusterConfiguration configuration, ulong configurationIndex, byte[] state)
    {
        SnapshotMeta meta = new($"{term}-{index}-0", index, term, configuration, configurationIndex, state.Length);
        _snapshot = (meta, state);
    }

    public void Remove(SnapshotMeta snapshot)
    {
        if (_snapshot is { } present && present.Meta.Id == snapshot.Id) _snapshot = null;
    }

    public ISnapshotSink Create(ulong index, ulong term, ClusterConfiguration configuration, ulong configurationIndex) =>
        throw new NotSupportedException("snapshots are stored whole");
}
