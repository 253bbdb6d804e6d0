using System.Diagnostics;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Wire;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Consensus.Node;

/// <summary>
/// Feeds committed entries to the state machine, in batches, and finishes the proposals that wait for them. The only
/// caller of the state machine; snapshots and restores take their turn here.
/// </summary>
internal sealed class ApplyLoop(
    IStateMachine machine, ILogStore log, StatusBoard board, RaftMetrics metrics, ILogger logger, Action<Exception> onFault)
    : SerialLoop
{
    /// <summary>Entries that become visible to readers together.</summary>
    private const int MaxBatch = 512;

    private readonly Lock _lock = new();
    private readonly Wake _wake = new();
    private readonly FinishedProposals _finished = new();
    private readonly LogEntry[] _commands = new LogEntry[MaxBatch];
    private readonly object?[] _results = new object?[MaxBatch];
    private readonly LogEntry[] _read = new LogEntry[MaxBatch];
    private List<CommittedEntry> _incoming = [];
    private List<CommittedEntry> _applying = [];
    private ConfigurationPoint _configuration = ConfigurationPoint.None;
    private ulong _readFirst;
    private int _readCount;
    private ulong _machineIndex;
    private ulong _machineTerm;
    private bool _wakeQueued;
    private bool _faulted;

    /// <summary>Sets what the state machine holds after start-up or a restore.</summary>
    public void SetPosition(ulong index, ulong term, ConfigurationPoint configuration)
    {
        _machineIndex = index;
        _machineTerm = term;
        _configuration = configuration;
        board.PublishApplied(index);
    }

    /// <summary>Takes entries to apply. Called by the Raft loop.</summary>
    public void Enqueue(ReadOnlySpan<CommittedEntry> entries)
    {
        bool wake;
        lock (_lock)
        {
            _incoming.AddRange(entries);
            wake = !_wakeQueued;
            _wakeQueued = true;
        }

        if (wake) Post(_wake);
    }

    /// <summary>Runs something between two batches, after everything enqueued before.</summary>
    public Task<T> RunAsync<T>(Func<ApplyLoop, T> action)
    {
        Turn<T> turn = new(action);
        Post(turn);
        return turn.Done.Task;
    }

    /// <summary>The present state with its place in the log, for a snapshot. Called within <see cref="RunAsync"/>.</summary>
    public MachineCapture Capture() =>
        new(_machineIndex == 0 ? null : machine.Capture(), _machineIndex, _machineTerm, _configuration);

    /// <summary>The present state with everything needed to come back to it. Called within <see cref="RunAsync"/>.</summary>
    public EarlierState Remember() =>
        new(machine.Capture(), _machineIndex, _machineTerm, _configuration, board.Status.AppliedIndex);

    /// <summary>Replaces the state; on failure the old one stays. Called within <see cref="RunAsync"/>.</summary>
    public void Restore(Stream state, SnapshotPlace place)
    {
        machine.Restore(state);
        SetPosition(place.Index, place.Term, place.Configuration);
    }

    /// <summary>Goes back to a remembered state. Called within <see cref="RunAsync"/>.</summary>
    public void Revert(EarlierState earlier)
    {
        machine.Revert(earlier.State);
        SetPosition(earlier.MachineIndex, earlier.MachineTerm, earlier.Configuration);
        board.PublishApplied(earlier.AppliedIndex);
    }

    protected override void Process(LoopItem item)
    {
        ApplyIncoming();
        if (item is TurnItem turn) turn.Run(this);
    }

    protected override void EndRound()
    {
        // Everything is applied item by item.
    }

    protected override IThreadPoolWorkItem? TakeAfterwork() => _finished.Take();

    /// <summary>The state machine broke its contract: applying any further would make this replica differ.</summary>
    protected override void OnFault(Exception exception)
    {
        _faulted = true;
        Log.ApplyFailed(logger, exception);
        FailRest();
        onFault(exception);
    }

    private void ApplyIncoming()
    {
        lock (_lock)
        {
            (_incoming, _applying) = (_applying, _incoming);
            _wakeQueued = false;
        }

        if (_faulted) FailRest();
        for (int start = 0; start < _applying.Count; start += MaxBatch)
        {
            ApplyBatch(start, Math.Min(start + MaxBatch, _applying.Count));
        }

        _applying.Clear();
    }

    private void ApplyBatch(int start, int end)
    {
        int commands = 0;
        ulong machineIndex = _machineIndex;
        ulong machineTerm = _machineTerm;
        for (int i = start; i < end; i++)
        {
            LogEntry entry = _applying[i].Entry ?? Read(i, end);
            if (entry.Type == EntryType.Command) _commands[commands++] = entry;
            else if (ConfigurationCodec.TryDecode(entry, out ClusterConfiguration decoded)) _configuration = new(decoded, entry.Index);
            if (entry.Type is not (EntryType.Command or EntryType.Barrier)) continue;
            machineIndex = entry.Index;
            machineTerm = entry.Term;
        }

        if (commands > 0) Apply(commands);
        _machineIndex = machineIndex;
        _machineTerm = machineTerm;
        board.PublishApplied(_applying[end - 1].Index);
        FinishBatch(start, end);
        Array.Clear(_read, 0, _readCount);
        _readCount = 0;
        Array.Clear(_commands, 0, commands);
        Array.Clear(_results, 0, commands);
    }

    private void Apply(int commands)
    {
        long start = Stopwatch.GetTimestamp();
        machine.Apply(_commands.AsSpan(0, commands), _results.AsSpan(0, commands));
        double each = Stopwatch.GetElapsedTime(start).TotalMilliseconds / commands;
        for (int i = 0; i < commands; i++) metrics.FsmApply.Record(each);
    }

    private void FinishBatch(int start, int end)
    {
        int command = 0;
        for (int i = start; i < end; i++)
        {
            CommittedEntry committed = _applying[i];
            object? result = command < _commands.Length && _commands[command]?.Index == committed.Index ? _results[command++] : null;
            if (committed.Waiter is not { } proposal) continue;
            _finished.Add(proposal, proposal.Chunks is null ? new(committed.Index, result, null) : Join(committed.Index, result));
        }
    }

    private static ProposalResult Join(ulong index, object? result) =>
        result is ChunkedResult whole ? new(index, whole.Value, null) : new(index, null, Chunking.Resubmit);

    /// <summary>Reads the entry at a position of the batch, and those after it that are not in memory either.</summary>
    private LogEntry Read(int position, int end)
    {
        ulong index = _applying[position].Index;
        if (index - _readFirst < (ulong)_readCount) return _read[(int)(index - _readFirst)];
        int wanted = 1;
        while (position + wanted < end && wanted < _read.Length && _applying[position + wanted].Entry is null) wanted++;
        _readFirst = index;
        _readCount = log.Read(index, _read.AsSpan(0, wanted));
        return _readCount > 0 ? _read[0] : throw new InvalidDataException($"committed log entry {index} cannot be read");
    }

    private void FailRest()
    {
        foreach (CommittedEntry committed in _applying)
        {
            if (committed.Index > board.Status.AppliedIndex && committed.Waiter is { } waiter)
            {
                _finished.Add(waiter, new ProposalResult(0, null, RaftErrors.Shutdown));
            }
        }

        _applying.Clear();
    }

    private sealed class Wake : LoopItem;

    private abstract class TurnItem : LoopItem
    {
        public abstract void Run(ApplyLoop loop);
    }

    private sealed class Turn<T>(Func<ApplyLoop, T> action) : TurnItem
    {
        public TaskCompletionSource<T> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Run(ApplyLoop loop)
        {
            try
            {
                Done.SetResult(action(loop));
            }
            catch (Exception e)
            {
                Done.SetException(e);
            }
        }
    }
}

/// <param name="Entry">Null when it has to be read from the log.</param>
/// <param name="Waiter">The proposal to finish, if any.</param>
internal readonly record struct CommittedEntry(ulong Index, LogEntry? Entry, Proposal? Waiter);

/// <summary>A state for a snapshot.</summary>
/// <param name="State">Null when nothing was ever applied.</param>
/// <param name="Index">Last command or barrier in it; other entries do not move it.</param>
/// <param name="Configuration">The committed configuration at that point.</param>
internal sealed record MachineCapture(IStateCapture? State, ulong Index, ulong Term, ConfigurationPoint Configuration);

/// <summary>A state to come back to.</summary>
/// <param name="MachineIndex">Last command or barrier in it.</param>
/// <param name="AppliedIndex">Last entry of any kind.</param>
internal sealed record EarlierState(
    IStateCapture State, ulong MachineIndex, ulong MachineTerm, ConfigurationPoint Configuration, ulong AppliedIndex);
