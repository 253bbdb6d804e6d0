namespace Consul.Fast.Consensus.Core;

/// <summary>
/// The log as the core sees it: its ends, the term of every entry, the newest configuration, and hard state, each once as
/// of now and once as of the last completed write. Entries pass through it to the writer; only those in use stay in memory.
/// </summary>
internal sealed class RaftLog
{
    private readonly RaftOutput _output;
    private readonly EntryRing _cache = new();
    private readonly Queue<Inflight> _inflight = new();
    private View _view;
    private View _durable;
    private HardState _hardState;
    private HardState _durableHardState;
    private long _lastWrite;
    private ulong _truncatedFrom;
    private bool _hardStateLost;

    public RaftLog(RecoveredState state, RaftOutput output)
    {
        _output = output;
        _view = new View(state.Terms, state.LastIndex, state.Latest);
        _durable = _view;
        _hardState = state.HardState;
        _durableHardState = state.HardState;
        SnapshotIndex = state.SnapshotIndex;
        SnapshotTerm = state.SnapshotTerm;
        FirstIndex = state.LastIndex > state.SnapshotIndex ? state.FirstIndex : state.SnapshotIndex + 1;
        DurableIndex = state.LastIndex;
    }

    /// <summary>Oldest index in the log, one above <see cref="LastIndex"/> when it is empty.</summary>
    public ulong FirstIndex { get; private set; }

    /// <summary>Newest index in log or snapshot, durable or not.</summary>
    public ulong LastIndex => _view.LastIndex;

    public ulong LastTerm => LastIndex == SnapshotIndex ? SnapshotTerm : _view.Terms.TermAt(LastIndex);

    /// <summary>Everything up to here is on the disk and will not be replaced by a write under way.</summary>
    public ulong DurableIndex { get; private set; }

    public ulong SnapshotIndex { get; private set; }

    public ulong SnapshotTerm { get; private set; }

    public ConfigurationPoint Latest => _view.Latest;

    public HardState HardState => _hardState;

    /// <summary>Changes with every failed write.</summary>
    public int Generation { get; private set; }

    /// <summary>The write that makes everything known now durable.</summary>
    public long CurrentWrite => HasPending ? _lastWrite + 1 : _lastWrite;

    /// <summary>The write that makes term and vote durable.</summary>
    public long HardStateWrite { get; private set; }

    /// <summary>Newest write that is settled.</summary>
    public long SettledWrite { get; private set; }

    /// <summary>Since when the oldest write that is not settled is under way; null when there is none.</summary>
    public TimeSpan? OldestWriteAt => _inflight.TryPeek(out Inflight oldest) ? oldest.TakenAt : null;

    private bool HasPending => _output.Entries.Count > 0 || _output.HardState is not null || _output.ResetLog;

    /// <summary>False when the index is above the end or its term is no longer known.</summary>
    public bool TryTermAt(ulong index, out ulong term)
    {
        term = 0;
        if (index == SnapshotIndex) term = SnapshotTerm;
        else if (index < FirstIndex || index > LastIndex) return false;
        else term = _view.Terms.TermAt(index);
        return true;
    }

    /// <summary>An entry that is still in memory, or null.</summary>
    public LogEntry? Cached(ulong index) => _cache[index];

    /// <summary>Adds the next entry, and the configuration it brings.</summary>
    public void Append(LogEntry entry, ConfigurationPoint? configuration)
    {
        _cache.Append(entry);
        _output.Entries.Add(entry);
        _view = new View(_view.Terms.With(entry.Index, entry.Term), entry.Index, configuration ?? _view.Latest);
    }

    /// <summary>Forgets the entries from <paramref name="index"/> on; entries to replace them must follow at once.</summary>
    public void TruncateFrom(ulong index, ConfigurationPoint committed)
    {
        _cache.DropFrom(index);
        _view = new View(_view.Terms.CutFrom(index), index - 1, _view.Latest.Index >= index ? committed : _view.Latest);
        _truncatedFrom = _truncatedFrom == 0 ? index : Math.Min(_truncatedFrom, index);
        DurableIndex = Math.Min(DurableIndex, index - 1);
    }

    public void SetHardState(HardState state)
    {
        _hardState = state;
        _output.HardState = state;
        HardStateWrite = _lastWrite + 1;
    }

    /// <summary>Writes term and vote again when a failed write lost them.</summary>
    public void RetryHardState()
    {
        if (_hardStateLost) SetHardState(_hardState);
    }

    /// <summary>Numbers what has come together in the output as the next write.</summary>
    public void TakeWrite(TimeSpan now)
    {
        if (!HasPending || _output.WriteId != 0) return;
        if (_hardStateLost) _output.HardState = _hardState;
        _hardStateLost = false;
        _output.WriteId = ++_lastWrite;
        _output.WriteGeneration = Generation;
        _inflight.Enqueue(new Inflight(_lastWrite, now, _view, _hardState, _truncatedFrom));
        _truncatedFrom = 0;
    }

    /// <summary>Everything up to the write <paramref name="id"/> is durable.</summary>
    public void Complete(long id)
    {
        bool any = false;
        while (_inflight.TryPeek(out Inflight write) && write.Id <= id)
        {
            _inflight.Dequeue();
            _durable = write.View;
            _durableHardState = write.HardState;
            SettledWrite = write.Id;
            any = true;
        }

        if (!any) return;
        DurableIndex = _durable.LastIndex;
        if (_truncatedFrom != 0) DurableIndex = Math.Min(DurableIndex, _truncatedFrom - 1);
        foreach (Inflight write in _inflight)
        {
            if (write.TruncatedFrom != 0) DurableIndex = Math.Min(DurableIndex, write.TruncatedFrom - 1);
        }
    }

    /// <summary>
    /// A write failed, and with it everything handed out after it: the log is what the last completed write left. Term and
    /// vote stay, for they only grow, and go out with the next write.
    /// </summary>
    public void Rewind()
    {
        _inflight.Clear();
        _output.Entries.Clear();
        _output.HardState = null;
        _output.ResetLog = false;
        _output.WriteId = 0;
        _truncatedFrom = 0;
        _view = _durable;
        _cache.Clear();
        DurableIndex = _durable.LastIndex;
        Generation++;
        SettledWrite = _lastWrite;
        _hardStateLost = _hardState != _durableHardState;
        HardStateWrite = _hardStateLost ? _lastWrite + 1 : _lastWrite;
    }

    /// <summary>A durable snapshot takes the place of the whole log.</summary>
    public void ResetTo(ulong index, ulong term, ConfigurationPoint configuration)
    {
        SnapshotIndex = index;
        SnapshotTerm = term;
        FirstIndex = index + 1;
        _cache.Clear();
        _output.Entries.Clear();
        _output.ResetLog = true;
        _truncatedFrom = 0;
        _view = new View(TermSpans.Empty, index, configuration);
        _durable = _view;
        DurableIndex = index;
        for (int left = _inflight.Count; left > 0; left--)
        {
            _inflight.Enqueue(_inflight.Dequeue() with { View = _view, TruncatedFrom = 0 });
        }
    }

    /// <summary>A snapshot exists; entries below <paramref name="firstKept"/> leave the log.</summary>
    public void Compact(ulong snapshotIndex, ulong snapshotTerm, ulong firstKept)
    {
        SnapshotIndex = snapshotIndex;
        SnapshotTerm = snapshotTerm;
        if (firstKept <= FirstIndex) return;
        FirstIndex = firstKept;
        _cache.DropBefore(firstKept);
        _view = _view with { Terms = _view.Terms.CutBefore(firstKept) };
        _durable = _durable with { Terms = _durable.Terms.CutBefore(firstKept) };
    }

    /// <summary>Lets go of entries up to <paramref name="last"/>, except for as many of the newest as the bounds allow.</summary>
    public void Release(ulong last, int maxCount, long maxBytes) => _cache.Trim(last, maxCount, maxBytes);

    /// <summary>First index of the entries around <paramref name="index"/> that have its term; may be one that is compacted.</summary>
    public ulong SpanStart(ulong index) => _view.Terms.StartOf(index);

    private readonly record struct View(TermSpans Terms, ulong LastIndex, ConfigurationPoint Latest);

    private readonly record struct Inflight(long Id, TimeSpan TakenAt, View View, HardState HardState, ulong TruncatedFrom);
}
