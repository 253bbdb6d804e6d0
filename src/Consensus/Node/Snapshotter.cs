using System.Diagnostics;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Net.Timers;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Consensus.Node;

/// <summary>Takes snapshots, one at a time: when the log has grown enough, and on request.</summary>
internal sealed class Snapshotter : TimerEntry, IAsyncDisposable
{
    private readonly ApplyLoop _apply;
    private readonly RaftLoop _loop;
    private readonly ISnapshotStore _store;
    private readonly StatusBoard _board;
    private readonly TimerWheel _timers;
    private readonly RaftMetrics _metrics;
    private readonly ILogger _logger;
    private readonly StateTurn _turn;
    private readonly CancellationTokenSource _stop = new();
    private readonly SeededRandom _random;
    private volatile bool _wanted;
    private Task _check = Task.CompletedTask;

    public Snapshotter(
        RaftOptions options, ApplyLoop apply, RaftLoop loop, ISnapshotStore store, StateTurn turn, StatusBoard board, TimerWheel timers,
        RaftMetrics metrics, ILogger logger)
    {
        _turn = turn;
        _apply = apply;
        _loop = loop;
        _store = store;
        _board = board;
        _timers = timers;
        _metrics = metrics;
        _logger = logger;
        _random = new SeededRandom(options.Seed ^ 0x5eed);
        Policy = options.Snapshots;
    }

    /// <summary>Can be replaced at any time; takes effect at the next look at the log.</summary>
    public SnapshotPolicy Policy
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    public void Start() => _timers.Schedule(this, _wanted ? TimeSpan.Zero : _random.Spread(Policy.Interval));

    /// <summary>Takes a snapshot soon, whatever the thresholds say. Called by the Raft loop.</summary>
    public void Want()
    {
        _wanted = true;
        if (_check.IsCompleted) Start();
    }

    public async ValueTask<(SnapshotMeta? Snapshot, string? Error)> TakeAsync(CancellationToken cancellation)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        using IDisposable turn = await _turn.EnterAsync(linked.Token).ConfigureAwait(false);
        long start = Stopwatch.GetTimestamp();
        try
        {
            MachineCapture capture = await _apply.RunAsync(static loop => loop.Capture()).WaitAsync(linked.Token).ConfigureAwait(false);
            if (capture.State is null) return (null, RaftErrors.NothingNew);
            if (capture.Configuration.Index > capture.Index)
            {
                return (null, $"cannot take snapshot now, wait until the configuration entry at {capture.Configuration.Index} " +
                    $"has been applied (have applied {capture.Index})");
            }

            Log.SnapshotStarting(_logger, capture.Index);
            long writing = Stopwatch.GetTimestamp();
            SnapshotMeta snapshot = await WriteAsync(capture, linked.Token).ConfigureAwait(false);
            _metrics.PersistSnapshot.RecordSince(writing);
            _loop.Post(new SnapshotTakenItem(snapshot, Policy.TrailingLogs));
            Log.SnapshotComplete(_logger, snapshot.Index);
            _metrics.TakeSnapshot.RecordSince(start);
            return (snapshot, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.SnapshotFailed(_logger, e.Message);
            return (null, $"failed to take snapshot: {FileErrorText.Of(e)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _timers.Cancel(this);
        await _check.ConfigureAwait(false);
        // The last one that is being taken ends before the stores do.
        using IDisposable last = await _turn.EnterAsync(CancellationToken.None).ConfigureAwait(false);
        _stop.Dispose();
    }

    protected override void OnTimer()
    {
        if (_stop.IsCancellationRequested) return;
        _check = Task.Run(CheckAsync);
    }

    private async Task CheckAsync()
    {
        RaftStatus status = _board.Status;
        try
        {
            if (_wanted || status.LastLogIndex - status.LastSnapshotIndex >= Policy.Threshold)
            {
                _wanted = false;
                (_, string? error) = await TakeAsync(_stop.Token).ConfigureAwait(false);
                if (error is not null) Log.SnapshotFailed(_logger, error);
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
            return;
        }
        catch (Exception e)
        {
            // The next look at the log tries again.
            Log.SnapshotFailed(_logger, e.Message);
        }

        Start();
    }

    private async Task<SnapshotMeta> WriteAsync(MachineCapture capture, CancellationToken cancellation)
    {
        ISnapshotSink sink = _store.Create(
            capture.Index, capture.Term, capture.Configuration.Configuration, capture.Configuration.Index);
        await using (sink.ConfigureAwait(false))
        {
            await Task.Run(() => capture.State!.WriteTo(sink.Stream, cancellation), cancellation).ConfigureAwait(false);
            return await sink.CommitAsync().ConfigureAwait(false);
        }
    }
}
