using System.Diagnostics;
using System.Runtime.InteropServices;
using Consul.Fast.Consensus.Core;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Consensus.Node;

/// <summary>
/// The only writer of the log, on a thread of its own because a sync blocks. Everything queued while one sync runs becomes
/// durable with the next single sync.
/// </summary>
internal sealed class LogWriter
{
    private readonly ILogStore _log;
    private readonly ILogger _logger;
    private readonly RaftMetrics _metrics;
    private readonly Action<WriteSettled> _settled;
    private readonly Thread _thread;
    private readonly object _lock = new();
    private Batch _queued = new();
    private Batch _spare = new();
    private ulong _truncateTo;
    private int _failedGeneration = -1;
    private volatile bool _leads;
    private bool _waiting;
    private bool _stopping;

    /// <param name="settled">Called on the writer's thread after each write, in order.</param>
    public LogWriter(ILogStore log, RaftMetrics metrics, ILogger logger, Action<WriteSettled> settled)
    {
        _log = log;
        _metrics = metrics;
        _logger = logger;
        _settled = settled;
        _thread = new Thread(Run) { IsBackground = true, Name = "raft-log-writer" };
    }

    /// <summary>Whether what is written is dispatched by a leader; decides only under which name it is measured.</summary>
    public bool Leads
    {
        set => _leads = value;
    }

    public void Start() => _thread.Start();

    /// <summary>Queues the write of an output.</summary>
    public void Enqueue(RaftOutput output)
    {
        lock (_lock)
        {
            // Built on a write that failed, before the core knew.
            if (output.WriteGeneration <= _failedGeneration) return;
            if (output.ResetLog)
            {
                // The new log may begin below what was to be removed from the old one.
                _queued.Reset();
                _truncateTo = 0;
            }

            if (output.HardState is { } hardState) _queued.HardState = hardState;
            _queued.Entries.AddRange(output.Entries);
            _queued.LastId = output.WriteId;
            _queued.Generation = output.WriteGeneration;
            Signal();
        }
    }

    /// <summary>Queues the removal of the oldest entries, up to and including <paramref name="index"/>.</summary>
    public void TruncateHead(ulong index)
    {
        lock (_lock)
        {
            _truncateTo = Math.Max(_truncateTo, index);
            Signal();
        }
    }

    /// <summary>Writes what is queued and ends the thread.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopping = true;
            Signal();
        }

        if (_thread.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted)) return;
        _thread.Join();
    }

    private void Signal()
    {
        if (_waiting) Monitor.Pulse(_lock);
    }

    private void Run()
    {
        while (true)
        {
            Batch batch;
            ulong truncateTo;
            lock (_lock)
            {
                while (_queued.IsEmpty && _truncateTo == 0 && !_stopping)
                {
                    _waiting = true;
                    Monitor.Wait(_lock);
                    _waiting = false;
                }

                if (_queued.IsEmpty && _truncateTo == 0) return;
                batch = _queued;
                _queued = _spare;
                _spare = batch;
                truncateTo = _truncateTo;
                _truncateTo = 0;
            }

            if (!batch.IsEmpty) Write(batch);
            batch.Clear();
            if (truncateTo > 0) Truncate(truncateTo);
        }
    }

    private void Write(Batch batch)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            if (batch.ResetFirst) _log.Reset();
            if (batch.HardState is { } hardState) _log.SetHardState(hardState);
            AppendRuns(CollectionsMarshal.AsSpan(batch.Entries));
            _log.Sync();
        }
        catch (Exception e)
        {
            Log.WriteFailed(_logger, e.Message, e is IOException ? null : e);
            lock (_lock)
            {
                _failedGeneration = batch.Generation;
                _queued.Clear();
            }

            _settled(new WriteSettled(batch.LastId, batch.Generation, e.Message));
            return;
        }

        if (_leads && batch.Entries.Count > 0)
        {
            _metrics.DispatchLog.RecordSince(start);
            _metrics.DispatchNumLogs.Record(batch.Entries.Count);
        }

        _settled(new WriteSettled(batch.LastId, batch.Generation, null));
    }

    /// <summary>Appends the batch in stretches of consecutive entries: a step back replaces the tail.</summary>
    private void AppendRuns(ReadOnlySpan<LogEntry> entries)
    {
        while (!entries.IsEmpty)
        {
            int length = 1;
            while (length < entries.Length && entries[length].Index == entries[length - 1].Index + 1) length++;
            // Only a snapshot that replaced the log leaves a gap; a crash or a failed write may have undone the removal.
            if (_log.LastIndex != 0 && entries[0].Index > _log.LastIndex + 1) _log.Reset();
            _log.Append(entries[..length]);
            entries = entries[length..];
        }
    }

    private void Truncate(ulong index)
    {
        try
        {
            _log.TruncateHead(index);
            _log.Sync();
        }
        catch (IOException e)
        {
            // The entries stay until the next snapshot removes them.
            Log.TruncateFailed(_logger, index, e.Message);
        }
    }

    private sealed class Batch
    {
        public List<LogEntry> Entries { get; } = [];

        public HardState? HardState { get; set; }

        public bool ResetFirst { get; private set; }

        public long LastId { get; set; }

        public int Generation { get; set; }

        public bool IsEmpty => LastId == 0;

        /// <summary>The log starts anew; entries queued before have no meaning any more.</summary>
        public void Reset()
        {
            Entries.Clear();
            ResetFirst = true;
        }

        public void Clear()
        {
            Entries.Clear();
            HardState = null;
            ResetFirst = false;
            LastId = 0;
        }
    }
}

/// <summary>The end of a write.</summary>
/// <param name="id">Newest write that it included.</param>
/// <param name="generation">Generation of the writes.</param>
/// <param name="error">Null when durable; else why nothing of it, nor of later writes of the generation, was written.</param>
internal sealed class WriteSettled(long id, int generation, string? error) : LoopItem
{
    public long Id => id;

    public int Generation => generation;

    public string? Error => error;
}
