namespace Consul.Fast.Consensus.Tests.Fakes;

/// <summary>A log in memory whose syncs can be held up, slowed down and made to fail; knows what would survive a crash.</summary>
internal sealed class FakeLogStore : ILogStore
{
    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _open = new(true);
    private readonly List<LogEntry> _entries = [];
    private readonly List<LogEntry> _durable = [];
    private HardState _durableHardState = new(0, 0, "");

    /// <summary>So many of the first entries are those of <see cref="_durable"/>.</summary>
    private int _kept;

    /// <summary>Thrown by syncs while it is set.</summary>
    public string? SyncFault { get; set; }

    public int Syncs { get; private set; }

    public int SyncsStarted { get; private set; }

    public ulong FirstIndex { get { lock (_lock) return _entries.Count == 0 ? 0 : _entries[0].Index; } }

    public ulong LastIndex { get { lock (_lock) return _entries.Count == 0 ? 0 : _entries[^1].Index; } }

    public ulong DurableLastIndex { get { lock (_lock) return _durable.Count == 0 ? 0 : _durable[^1].Index; } }

    public HardState HardState { get; private set; } = new(0, 0, "");

    public void HoldSyncs() => _open.Reset();

    public void ReleaseSyncs() => _open.Set();

    /// <summary>The log after a crash: what was not synced is gone.</summary>
    public FakeLogStore Crash()
    {
        FakeLogStore log = new() { HardState = _durableHardState, _durableHardState = _durableHardState };
        lock (_lock)
        {
            log._entries.AddRange(_durable);
            log._durable.AddRange(_durable);
            log._kept = _durable.Count;
        }

        return log;
    }

    public void Append(ReadOnlySpan<LogEntry> entries)
    {
        lock (_lock)
        {
            foreach (LogEntry entry in entries)
            {
                if (_entries.Count > 0)
                {
                    ulong last = _entries[^1].Index;
                    if (entry.Index > last + 1) throw new InvalidOperationException($"gap before {entry.Index}, last {last}");
                    int keep = entry.Index <= _entries[0].Index ? 0 : (int)(entry.Index - _entries[0].Index);
                    _entries.RemoveRange(keep, _entries.Count - keep);
                    _kept = Math.Min(_kept, keep);
                }

                _entries.Add(entry);
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
                _entries.RemoveRange(_kept, _entries.Count - _kept);
                _entries.AddRange(_durable[_kept..]);
                _kept = _durable.Count;
                HardState = _durableHardState;
                throw new IOException(fault);
            }

            _durable.RemoveRange(_kept, _durable.Count - _kept);
            for (int i = _kept; i < _entries.Count; i++) _durable.Add(_entries[i]);
            _kept = _durable.Count;
            _durableHardState = HardState;
            Syncs++;
        }
    }

    public bool TryRead(ulong index, out LogEntry entry)
    {
        entry = null!;
        lock (_lock)
        {
            if (_entries.Count == 0 || index < _entries[0].Index || index > _entries[^1].Index) return false;
            entry = _entries[(int)(index - _entries[0].Index)];
            return true;
        }
    }

    public void TruncateHead(ulong index)
    {
        lock (_lock)
        {
            _kept -= Math.Min(_kept, _entries.TakeWhile(e => e.Index <= index).Count());
            _entries.RemoveAll(e => e.Index <= index);
            _durable.RemoveAll(e => e.Index <= index);
        }
    }

    public void Reset()
    {
        lock (_lock)
        {
            _entries.Clear();
            _kept = 0;
        }
    }

    public void Dispose() => _open.Dispose();
}
