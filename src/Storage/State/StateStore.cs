using System.Diagnostics;
using Consul.Fast.Consensus;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>
/// The state machine: applies committed commands to the tables and publishes each new state with one reference write.
/// Applied to by one loop; <see cref="Current"/>, <see cref="Watches"/> and <see cref="KvLockDelay"/> may be used from any
/// thread.
/// </summary>
/// <param name="metrics">Gets the time that each command takes; null for nobody.</param>
public sealed class StateStore(WatchHub watches, TimeProvider time, IMetrics? metrics = null) : IStateMachine
{
    private readonly ApplyTimings _timings = new(metrics ?? NoMetrics.Instance);
    private readonly ChunkAssembler _chunks = new();
    private readonly LockDelayTable _lockDelays = new(time);
    private readonly StateEdit _edit = new(StateTables.Empty);
    private ForeignRecords _foreign = ForeignRecords.None;
    private ClusterState _current = new(StateTables.Empty, version: 1, previous: null);

    public ClusterState Current => Volatile.Read(ref _current);

    public WatchHub Watches { get; } = watches;

    /// <summary>Remaining lock-delay of a key on this server, zero for none. Local, from this server's clock.</summary>
    public TimeSpan KvLockDelay(ReadOnlySpan<byte> key) => _lockDelays.Remaining(key);

    /// <inheritdoc/>
    /// <exception cref="FatalApplyException">A command is unknown or malformed; nothing of the batch is published.</exception>
    public void Apply(ReadOnlySpan<LogEntry> entries, Span<object?> results)
    {
        try
        {
            for (int i = 0; i < entries.Length; i++) results[i] = Apply(entries[i]);
        }
        catch (FatalApplyException)
        {
            _edit.Reset(_current.Tables);
            _edit.NextBatch();
            throw;
        }

        Publish();
    }

    public IStateCapture Capture() => new StateCapture(_current.Tables, _foreign, _chunks.Capture());

    public void Restore(Stream state)
    {
        RestoredState restored = SnapshotReader.Read(state);
        Replace(restored.Tables, restored.Foreign, restored.Chunks);
    }

    public void Revert(IStateCapture capture)
    {
        var earlier = (StateCapture)capture;
        Replace(earlier.Tables, earlier.Foreign, earlier.Chunks);
    }

    private void Replace(
        StateTables tables, ForeignRecords foreign, IReadOnlyList<KeyValuePair<ulong, ChunkedOperation>> chunks)
    {
        _edit.Reset(tables);
        _edit.NextBatch();
        _chunks.Restore(chunks);
        _foreign = foreign;
        _lockDelays.Clear();
        Volatile.Write(ref _current, new ClusterState(tables, _current.Version + 1, previous: null));
        Watches.Abandon(_current.Version);
    }

    private object? Apply(LogEntry entry)
    {
        if (entry.Extensions.IsEmpty) return Apply(entry.Index, entry.Data.Span);
        if (!ChunkInfo.TryParse(entry.Extensions.Span, out ChunkInfo info)) return new ApplyError("error unmarshaling chunk info");
        if (!_chunks.TryAdd(info, entry, out byte[]? command)) return null;
        return new ChunkedResult(Apply(entry.Index, command));
    }

    private object? Apply(ulong index, ReadOnlySpan<byte> command)
    {
        long start = Stopwatch.GetTimestamp();
        _edit.Operation = "";
        object? result = CommandDispatcher.Apply(_edit, index, command);
        _timings.Record(CommandDispatcher.TypeOf(command), _edit.Operation, start);
        return result;
    }

    private void Publish()
    {
        // Before anybody can see that the keys are free.
        foreach ((byte[] key, TimeSpan delay) in _edit.LockDelays) _lockDelays.Add(key, delay);
        var state = new ClusterState(_edit.Freeze(), _current.Version + 1, _current);
        Volatile.Write(ref _current, state);
        Watches.Publish(_edit.Changes, state.Version);
        _edit.NextBatch();
    }
}
