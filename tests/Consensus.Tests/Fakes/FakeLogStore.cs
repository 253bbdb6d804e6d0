namespace Consul.Fast.Consensus.Tests.Fakes;

/// <summary>A log in memory whose syncs can be held up, slowed down and made to fail; knows what would survive a crash.</summary>
internal sealed class FakeLogStore : ILogStore
{
    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _open = new(true);
    private SortedDictionary<ulong, LogEntry> _entries = [];
    private SortedDictionary<ulong, LogEntry> _durable = [];
    private HardState _durableHardState = new(0, 0, "");

    /// <summary>Thrown by syncs while it is set.</summary>
    public string? SyncFault { get; set; }

    public int Syncs { get; private set; }

    public int SyncsStarted { get; private set; }

    public ulong FirstIndex { get { lock (_lock) return _entries.Count == 0 ? 0 : _entries.First().Key; } }

    public ulong LastIndex { get { lock (_lock) return _entries.Count == 0 ? 0 : _entries.Last().Key; } }

    public ulong DurableLastIndex { get { lock (_lock) return _durable.Count == 0 ? 0 : _durable.Last().Key; } }

    public HardState HardState { get; private set; } = new(0, 0, "");

    public void HoldSyncs() => _open.Reset();

    public void ReleaseSyncs() => _open.Set();

    /// <summary>The log after a crash: what was not synced is gone.</summary>
    public FakeLogStore Crash()
    {
        lock (_lock)
        {
            return new FakeLogStore
            {
                _entries = new(_durable),
                _durable = new(_durable),
                HardState = _durableHardState,
                _durableHardState = _durableHardState,
            };
        }
    }

    public void Append(ReadOnlySpan<LogEntry> entries)
    {
        lock (_lock)
        {
            foreach (LogEntry entry in entries)
            {
                ulong last = _entries.Count == 0 ? 0 : _entries.Last().Key;
                if (last != 0 && entry.Index > last + 1) throw new InvalidOperationException($"gap before {entry.Index}, last {last}");
                for (ulong index = entry.Index; index <= last; index++) _entries.Remove(index);
                _entries[entry.Index] = entry;
            }
        }
    }

    public void SetHardState(HardState state) => HardState = state;

    public void Sync()
    {
        SyncsStarted++;
        _open.Wait();
        lock (_lock)
        {
            if (SyncFault is { } fault)
            {
                _entries = new(_durable);
                HardState = _durableHardState;
                throw new IOException(fault);
            }

            _durable = new(_entries);
            _durableHardState = HardState;
            Syncs++;
        }
    }

    public bool TryRead(ulong index, out LogEntry entry)
    {
        lock (_lock) return _entries.TryGetValue(index, out entry!);
    }

    public void TruncateHead(ulong index)
    {
        lock (_lock)
        {
            foreach (ulong gone in _entries.Keys.Where(i => i <= index).ToArray()) _entries.Remove(gone);
            foreach (ulong gone in _durable.Keys.Where(i => i <= index).ToArray()) _durable.Remove(gone);
        }
    }

    public void Reset()
    {
        lock (_lock) _entries.Clear();
    }

    public void Dispose() => _open.Dispose();
}
