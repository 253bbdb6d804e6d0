using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Sync;

/// <summary>When anti-entropy runs. Each wait is its base time plus a random part of up to base times the cluster's scale.</summary>
internal sealed record SyncIntervals
{
    /// <summary>Between full syncs.</summary>
    public TimeSpan Full { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After a failed full sync.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Bound, before scaling, on the random wait after a new server was seen.</summary>
    public TimeSpan ServerUp { get; init; } = TimeSpan.FromSeconds(3);
}

/// <summary>Decides when to sync: fully now and then, partially at each change, not at all while paused. Thread safe.</summary>
/// <param name="clusterSize">Members of the LAN pool: the larger the cluster, the rarer its agents sync.</param>
internal sealed class StateSyncer(CatalogSync sync, SyncIntervals intervals, Func<int> clusterSize, TimeProvider time, ILogger logger)
{
    private const int ScaleThreshold = 128;

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1)
    {
        FullMode = BoundedChannelFullMode.DropWrite,
        SingleReader = true,
    });

    private int _changesWanted;
    private int _fullWanted;
    private int _pauses;

    private enum Event
    {
        Timer,
        Full,
        Changes,
    }

    /// <summary>A change was announced that the loop has not looked at yet.</summary>
    internal bool IsChangeWaiting => Volatile.Read(ref _changesWanted) != 0;

    /// <summary>Something local has changed.</summary>
    public void TriggerChanges() => Trigger(ref _changesWanted);

    /// <summary>A new server was seen or a token has changed: everything has to be compared soon.</summary>
    public void TriggerFull() => Trigger(ref _fullWanted);

    /// <summary>Holds syncing back until the matching <see cref="Resume"/>.</summary>
    public void Pause() => Interlocked.Increment(ref _pauses);

    public void Resume()
    {
        if (Interlocked.Decrement(ref _pauses) == 0) TriggerChanges();
    }

    /// <summary>Runs a partial sync in place, for callers that want their change in the catalog before they answer.</summary>
    public async Task SyncChangesNowAsync(CancellationToken cancellation)
    {
        if (await sync.SyncChangesAsync(cancellation).ConfigureAwait(false) is { } error) logger.PartialSyncFailed(error);
    }

    /// <summary>Syncs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        logger.StartedSyncer();
        try
        {
            while (true)
            {
                while (!await TrySyncFullAsync(stop).ConfigureAwait(false))
                {
                    Event retry = await WaitAsync(Stagger(intervals.Retry), withChanges: false, stop).ConfigureAwait(false);
                    if (retry == Event.Full) await DelayAfterServerUpAsync(stop).ConfigureAwait(false);
                }

                await SyncChangesUntilFullAsync(stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The agent shuts down.
        }
    }

    /// <summary>How much longer than in a small cluster the random parts are.</summary>
    internal static int Scale(int members) =>
        members <= ScaleThreshold ? 1 : (int)Math.Ceiling(Math.Log2(members) - Math.Log2(ScaleThreshold)) + 1;

    private async Task<bool> TrySyncFullAsync(CancellationToken stop)
    {
        if (Volatile.Read(ref _pauses) > 0) return false;
        // Whatever has changed until here is part of the full sync.
        Volatile.Write(ref _fullWanted, 0);
        if (await sync.SyncFullAsync(stop).ConfigureAwait(false) is not { } error) return true;
        logger.FullSyncFailed(error);
        return false;
    }

    private async Task SyncChangesUntilFullAsync(CancellationToken stop)
    {
        long start = time.GetTimestamp();
        TimeSpan period = Stagger(intervals.Full);
        while (true)
        {
            switch (await WaitAsync(period - time.GetElapsedTime(start), withChanges: true, stop).ConfigureAwait(false))
            {
                case Event.Timer:
                    return;
                case Event.Full:
                    await DelayAfterServerUpAsync(stop).ConfigureAwait(false);
                    return;
                default:
                    if (Volatile.Read(ref _pauses) == 0) await SyncChangesNowAsync(stop).ConfigureAwait(false);
                    break;
            }
        }
    }

    private async Task<Event> WaitAsync(TimeSpan wait, bool withChanges, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        while (true)
        {
            if (Interlocked.Exchange(ref _fullWanted, 0) != 0) return Event.Full;
            if (withChanges && Interlocked.Exchange(ref _changesWanted, 0) != 0) return Event.Changes;
            try
            {
                await _wake.Reader.ReadAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                return Event.Timer;
            }
        }
    }

    private Task DelayAfterServerUpAsync(CancellationToken stop) => Task.Delay(RandomPart(intervals.ServerUp), time, stop);

    private TimeSpan Stagger(TimeSpan period) => period + RandomPart(period);

    private TimeSpan RandomPart(TimeSpan period) => period * (Scale(clusterSize()) * Random.Shared.NextDouble());

    private void Trigger(ref int wanted)
    {
        Volatile.Write(ref wanted, 1);
        _wake.Writer.TryWrite(true);
    }
}
