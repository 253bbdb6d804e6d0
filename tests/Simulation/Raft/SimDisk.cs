using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>What a server has on its disk; survives crashes. Writes to the log go through <see cref="SimWriter"/> first.</summary>
internal sealed class SimDisk : ILogStore, ISnapshotStore
{
    private const int RetainedSnapshots = 2;

    private readonly List<LogEntry> _entries = [];
    private readonly HashSet<(ulong Index, ulong Term)> _everWritten = [];
    private readonly List<(SnapshotMeta Meta, byte[] State)> _snapshots = [];
    private int _snapshotsMade;

    public ulong FirstIndex => _entries.Count == 0 ? 0 : _entries[0].Index;

    public ulong LastIndex => _entries.Count == 0 ? 0 : _entries[^1].Index;

    public ulong SnapshotIndex => _snapshots.Count == 0 ? 0 : _snapshots[0].Meta.Index;

    public HardState HardState { get; private set; } = new(0, 0, "");

    public string Location => "disk";

    public void Append(ReadOnlySpan<LogEntry> entries)
    {
        foreach (LogEntry entry in entries)
        {
            if (_entries.Count > 0 && entry.Index > LastIndex + 1) Reset();
            if (_entries.Count > 0 && entry.Index <= LastIndex)
            {
                int keep = entry.Index <= FirstIndex ? 0 : (int)(entry.Index - FirstIndex);
                _entries.RemoveRange(keep, _entries.Count - keep);
            }

            _entries.Add(entry);
            _everWritten.Add((entry.Index, entry.Term));
        }
    }

    public void SetHardState(HardState state) => HardState = state;

    public void Sync()
    {
        // What arrives here is durable; the time it takes and its faults are the writer's.
    }

    public bool TryRead(ulong index, out LogEntry entry)
    {
        bool found = _entries.Count > 0 && index >= FirstIndex && index <= LastIndex;
        entry = found ? _entries[(int)(index - FirstIndex)] : null!;
        return found;
    }

    /// <summary>True when the entry is in the log now, or its effect in the snapshot.</summary>
    public bool Holds(ulong index, ulong term) =>
        index <= SnapshotIndex || (TryRead(index, out LogEntry entry) && entry.Term == term);

    /// <summary>True when the entry was durable at some time; it may have been replaced since.</summary>
    public bool HeldOnce(ulong index, ulong term) => index <= SnapshotIndex || _everWritten.Contains((index, term));

    public void TruncateHead(ulong index)
    {
        if (_entries.Count > 0 && index >= FirstIndex) _entries.RemoveRange(0, (int)Math.Min(index - FirstIndex + 1, (ulong)_entries.Count));
    }

    public void Reset() => _entries.Clear();

    public void Dispose()
    {
        // Memory only.
    }

    public IReadOnlyList<SnapshotMeta> List() => [.. _snapshots.Select(s => s.Meta)];

    public IReadOnlyList<string> FindDamage() => [];

    public Stream Open(SnapshotMeta snapshot) => new MemoryStream(_snapshots.Find(s => s.Meta.Id == snapshot.Id).State, writable: false);

    /// <summary>The snapshot that ends at <paramref name="index"/>, null when it is gone.</summary>
    public byte[]? SnapshotAt(ulong index) => _snapshots.Find(s => s.Meta.Index == index).State;

    /// <summary>Stores a snapshot from elsewhere; those that are ahead of it belong to another past.</summary>
    public SnapshotMeta ReplaceSnapshots(ulong index, ulong term, ConfigurationPoint configuration, byte[] state)
    {
        _snapshots.RemoveAll(s => s.Meta.Index > index || s.Meta.Term > term);
        return StoreSnapshot(index, term, configuration.Configuration, configuration.Index, state);
    }

    public SnapshotMeta StoreSnapshot(ulong index, ulong term, ClusterConfiguration configuration, ulong configurationIndex, byte[] state)
    {
        SnapshotMeta meta = new($"{term}-{index}-{_snapshotsMade++}", index, term, configuration, configurationIndex, state.Length);
        _snapshots.Add((meta, state));
        _snapshots.Sort(static (a, b) => (b.Meta.Term, b.Meta.Index).CompareTo((a.Meta.Term, a.Meta.Index)));
        if (_snapshots.Count > RetainedSnapshots) _snapshots.RemoveRange(RetainedSnapshots, _snapshots.Count - RetainedSnapshots);
        return meta;
    }

    public void Remove(SnapshotMeta snapshot) => _snapshots.RemoveAll(s => s.Meta.Id == snapshot.Id);

    public ISnapshotSink Create(ulong index, ulong term, ClusterConfiguration configuration, ulong configurationIndex) =>
        throw new NotSupportedException("snapshots are stored whole");
}
