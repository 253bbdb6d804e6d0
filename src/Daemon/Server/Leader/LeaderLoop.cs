using System.Diagnostics;
using System.Threading.Channels;
using Consul.Fast.Consensus;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Net.Metrics;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Leader;

/// <summary>
/// What a server does because it leads: once leadership is confirmed by a barrier it starts the timers and its other duties,
/// allows consistent reads, and reconciles catalog and Raft servers with a member when it changes and with all of them every
/// minute; all of it ends with leadership, whatever it waits for then. A server that cannot begin hands leadership over.
/// </summary>
/// <param name="duties">More duties, in the order in which they begin.</param>
internal sealed class LeaderLoop(
    IConsensus consensus,
    SessionTimers sessions,
    TombstoneReaper tombstones,
    MemberReconciler members,
    TimeProvider time,
    ILogger logger,
    IMetrics? metrics = null,
    IReadOnlyList<ILeaderDuty>? duties = null) : IAsyncDisposable
{
    /// <summary>News of members that wait; more are dropped, the reconciliation of all members makes up for them.</summary>
    private const int MemberEventsMax = 256;

    private const int TransferAttempts = 3;
    private const string NotReestablished = "leadership could not be re-established";

    private static readonly TimeSpan ReconcileInterval = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BarrierTimeout = TimeSpan.FromMinutes(2);

    private readonly Channel<LeaderEvent> _events =
        Channel.CreateUnbounded<LeaderEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly IMetrics _metrics = metrics ?? NoMetrics.Instance;
    private readonly IReadOnlyList<ILeaderDuty> _duties = duties ?? [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private CancellationTokenSource? _leadership;
    private Task _loop = Task.CompletedTask;
    private volatile bool _ready;
    private int _memberEvents;

    /// <summary>True while this server leads and has applied everything from before it led.</summary>
    public bool ConsistentReadReady => _ready;

    /// <summary>Raised when this server begins to lead, before it has taken over.</summary>
    public event Action? Elected;

    public void Start()
    {
        consensus.LeadershipChanged += OnLeadershipChanged;
        if (consensus.Status.Role == RaftRole.Leader) OnLeadershipChanged(leads: true);
        _loop = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        consensus.LeadershipChanged -= OnLeadershipChanged;
        await _stop.CancelAsync();
        await _loop;
        EndLeadership();
        _stop.Dispose();
    }

    /// <summary>
    /// Takes over once more after a restore replaced the state, so that timers and catalog match it.
    /// </summary>
    /// <returns>Null when done, otherwise why not.</returns>
    public async ValueTask<string?> RetakeAsync(CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_events.Writer.TryWrite(new LeaderEvent(LeaderEventKind.Retake, done))) return RaftErrors.Shutdown;
        return await done.Task.WaitAsync(cancellation);
    }

    /// <summary>Brings the catalog in step with one member soon, if this server leads. Does not wait.</summary>
    /// <param name="isReap">The pool has forgotten the member.</param>
    public void OnMemberChanged(Member member, bool isReap)
    {
        if (consensus.Status.Role != RaftRole.Leader) return;
        if (Interlocked.Increment(ref _memberEvents) > MemberEventsMax) Interlocked.Decrement(ref _memberEvents);
        else _events.Writer.TryWrite(new LeaderEvent(LeaderEventKind.MemberChanged, null, member, isReap));
    }

    private void OnLeadershipChanged(bool leads)
    {
        if (!leads)
        {
            EndLeadership();
            return;
        }

        lock (_gate)
        {
            if (_leadership is not null) return;
            _leadership = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            _events.Writer.TryWrite(new LeaderEvent(LeaderEventKind.Gained, Leadership: _leadership.Token));
        }
    }

    private void EndLeadership()
    {
        CancellationTokenSource? ended;
        lock (_gate) (ended, _leadership) = (_leadership, null);
        // Outside: what waits for it goes on at once.
        ended?.Cancel();
        ended?.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                LeaderEvent next = Taken(await _events.Reader.ReadAsync(_stop.Token));
                next.Done?.TrySetResult(RaftErrors.NotLeader);
                if (next.Kind == LeaderEventKind.Gained) await LeadAsync(next.Leadership);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            _events.Writer.TryComplete();
            while (_events.Reader.TryRead(out LeaderEvent late)) late.Done?.TrySetResult(RaftErrors.Shutdown);
        }
    }

    /// <summary>Does the leader's work until leadership ends, and undoes it.</summary>
    private async Task LeadAsync(CancellationToken leadership)
    {
        ServerLog.LeadershipAcquired(logger);
        Elected?.Invoke();
        try
        {
            while (!await TryWorkAsync(leadership)) await Task.Delay(RetryPause, time, leadership);
        }
        catch (OperationCanceledException) when (leadership.IsCancellationRequested)
        {
            // That is how it ends, wherever the work was.
        }

        if (!_stop.IsCancellationRequested) ServerLog.LeadershipLost(logger);
    }

    /// <summary>Returns false after a fault that nobody expected: leading without the duties would be worse than to try again.</summary>
    private async Task<bool> TryWorkAsync(CancellationToken leadership)
    {
        try
        {
            await WorkAsync(leadership);
            return true;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            ServerLog.LeaderWorkFailed(logger, fault);
            return false;
        }
        finally
        {
            await RevokeAsync();
        }
    }

    /// <summary>Returns when leadership was handed over, throws when it was lost.</summary>
    private async Task WorkAsync(CancellationToken leadership)
    {
        bool established = false;
        DateTimeOffset due = time.GetUtcNow();
        TaskCompletionSource<string?>? retaken = null;
        try
        {
            while (true)
            {
                if (time.GetUtcNow() >= due)
                {
                    TakeOver outcome = await TakeOverAsync(established, leadership);
                    if (outcome == TakeOver.HandedOver) return;
                    established = outcome == TakeOver.Done || (outcome == TakeOver.Waiting && established);
                    retaken?.TrySetResult(established ? null : NotReestablished);
                    retaken = null;
                    due = time.GetUtcNow() + (established ? ReconcileInterval : RetryPause);
                }

                LeaderEvent next = await NextEventAsync(due - time.GetUtcNow(), leadership);
                if (next.Kind == LeaderEventKind.Retake)
                {
                    await RevokeAsync();
                    established = false;
                    retaken = next.Done;
                    due = time.GetUtcNow();
                }
                else if (established)
                {
                    if (next.Member is { } member) await members.ReconcileAsync(member, next.IsReap, leadership);
                    await tombstones.RunAsync();
                }
            }
        }
        finally
        {
            retaken?.TrySetResult(RaftErrors.NotLeader);
        }
    }

    /// <summary>Waits until everything from before is applied, starts the duties if need be, and brings the catalog in step.</summary>
    private async Task<TakeOver> TakeOverAsync(bool established, CancellationToken leadership)
    {
        long start = Stopwatch.GetTimestamp();
        if (await BarrierAsync(leadership) is { } late)
        {
            leadership.ThrowIfCancellationRequested();
            ServerLog.BarrierFailed(logger, late);
            return TakeOver.Waiting;
        }

        _metrics.MeasureSince("leader.barrier", start);
        if (!established && await EstablishAsync(leadership) is { } error)
        {
            leadership.ThrowIfCancellationRequested();
            ServerLog.EstablishFailed(logger, error);
            await RevokeAsync();
            return await HandOverAsync(leadership) ? TakeOver.HandedOver : TakeOver.Failed;
        }

        start = Stopwatch.GetTimestamp();
        await members.ReconcileAsync(leadership);
        _metrics.MeasureSince("leader.reconcile", start);
        return TakeOver.Done;
    }

    private async Task<string?> BarrierAsync(CancellationToken leadership)
    {
        using var limit = new CancellationTokenSource(BarrierTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(leadership, limit.Token);
        try
        {
            return (await consensus.BarrierAsync(either.Token)).Error;
        }
        catch (OperationCanceledException) when (!leadership.IsCancellationRequested)
        {
            return RaftErrors.EnqueueTimeout;
        }
    }

    private async Task<string?> EstablishAsync(CancellationToken leadership)
    {
        long start = Stopwatch.GetTimestamp();
        tombstones.Start(consensus.Status.LastLogIndex);
        sessions.Start();
        foreach (ILeaderDuty duty in _duties)
        {
            if (await duty.StartAsync(leadership) is { } error) return error;
        }

        _ready = true;
        ServerLog.Established(logger, Stopwatch.GetElapsedTime(start));
        return null;
    }

    private async ValueTask RevokeAsync()
    {
        _ready = false;
        for (int i = _duties.Count - 1; i >= 0; i--) await _duties[i].StopAsync();
        sessions.Stop();
    }

    private async Task<bool> HandOverAsync(CancellationToken leadership)
    {
        for (int attempt = 0; attempt < TransferAttempts; attempt++)
        {
            if (await consensus.TransferLeadershipAsync(cancellation: leadership) is not { } error)
            {
                ServerLog.LeadershipHandedOver(logger, attempt, TransferAttempts);
                return true;
            }

            ServerLog.HandOverFailed(logger, attempt, TransferAttempts, error);
        }

        ServerLog.NotHandedOver(logger, $"failed to transfer leadership in {TransferAttempts} attempts");
        return false;
    }

    private async ValueTask<LeaderEvent> NextEventAsync(TimeSpan untilDue, CancellationToken leadership)
    {
        TimeSpan pause = untilDue < TombstoneReaper.Granularity ? untilDue : TombstoneReaper.Granularity;
        if (pause < TimeSpan.Zero) pause = TimeSpan.Zero;
        using var tick = new CancellationTokenSource(pause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(leadership, tick.Token);
        try
        {
            return Taken(await _events.Reader.ReadAsync(either.Token));
        }
        catch (OperationCanceledException) when (!leadership.IsCancellationRequested)
        {
            return default;
        }
    }

    private LeaderEvent Taken(LeaderEvent next)
    {
        if (next.Kind == LeaderEventKind.MemberChanged) Interlocked.Decrement(ref _memberEvents);
        return next;
    }

    private enum TakeOver
    {
        /// <summary>The barrier did not come through; nothing has changed.</summary>
        Waiting,
        Done,
        Failed,
        HandedOver,
    }
}
