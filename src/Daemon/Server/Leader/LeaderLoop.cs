using System.Diagnostics;
using System.Threading.Channels;
using Consul.Fast.Consensus;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Net.Metrics;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Leader;

/// <summary>
/// What a server does because it leads: once leadership is confirmed by a barrier it starts the timers, allows consistent
/// reads, and reconciles the catalog with a member when it changes and with all of them every minute; all of it ends with
/// leadership.
/// </summary>
internal sealed class LeaderLoop(
    IConsensus consensus,
    SessionTimers sessions,
    TombstoneReaper tombstones,
    MemberReconciler members,
    TimeProvider time,
    ILogger logger,
    IMetrics? metrics = null) : IAsyncDisposable
{
    /// <summary>News of members that wait; more are dropped, the reconciliation of all members makes up for them.</summary>
    private const int MemberEventsMax = 256;

    private static readonly TimeSpan ReconcileInterval = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly Channel<LeaderEvent> _events =
        Channel.CreateUnbounded<LeaderEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly IMetrics _metrics = metrics ?? NoMetrics.Instance;
    private readonly CancellationTokenSource _stop = new();
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
        _loop = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        consensus.LeadershipChanged -= OnLeadershipChanged;
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    /// <summary>
    /// Takes over once more after a restore replaced the state, so that timers and catalog match it.
    /// </summary>
    /// <returns>Null when done, otherwise why not.</returns>
    public async ValueTask<string?> RetakeAsync(CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _events.Writer.TryWrite(new LeaderEvent(LeaderEventKind.Retake, done));
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

    private void OnLeadershipChanged(bool leads) =>
        _events.Writer.TryWrite(new LeaderEvent(leads ? LeaderEventKind.Gained : LeaderEventKind.Lost));

    private async Task RunAsync()
    {
        try
        {
            bool leads = consensus.Status.Role == RaftRole.Leader;
            while (!_stop.IsCancellationRequested)
            {
                if (leads) await LeadAsync();
                LeaderEvent next = Taken(await _events.Reader.ReadAsync(_stop.Token));
                next.Done?.TrySetResult(RaftErrors.NotLeader);
                leads = next.Kind == LeaderEventKind.Gained;
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            Revoke();
        }
    }

    /// <summary>Does the leader's work until leadership is lost.</summary>
    private async Task LeadAsync()
    {
        ServerLog.LeadershipAcquired(logger);
        Elected?.Invoke();
        bool established = false;
        DateTimeOffset nextReconcile = time.GetUtcNow();
        TaskCompletionSource<string?>? retaken = null;
        while (true)
        {
            if (time.GetUtcNow() >= nextReconcile)
            {
                established = await TakeOverAsync(established);
                retaken?.TrySetResult(established ? null : "leadership could not be re-established");
                retaken = null;
                nextReconcile = time.GetUtcNow() + (established ? ReconcileInterval : RetryPause);
            }

            LeaderEvent next = await NextEventAsync(nextReconcile - time.GetUtcNow());
            if (next.Kind == LeaderEventKind.Lost)
            {
                Revoke();
                ServerLog.LeadershipLost(logger);
                return;
            }

            if (next.Kind == LeaderEventKind.Retake)
            {
                Revoke();
                established = false;
                retaken = next.Done;
                nextReconcile = time.GetUtcNow();
            }
            else if (established)
            {
                if (next.Member is { } member) await members.ReconcileAsync(member, next.IsReap);
                await tombstones.RunAsync();
            }
        }
    }

    /// <summary>Waits until everything from before is applied, starts the duties if need be, and brings the catalog in step.</summary>
    private async Task<bool> TakeOverAsync(bool established)
    {
        long start = Stopwatch.GetTimestamp();
        ProposalResult barrier = await consensus.BarrierAsync(_stop.Token);
        if (barrier.Error is not null)
        {
            ServerLog.BarrierFailed(logger, barrier.Error);
            return established;
        }

        _metrics.MeasureSince("leader.barrier", start);
        if (!established) Establish();
        start = Stopwatch.GetTimestamp();
        await members.ReconcileAsync();
        _metrics.MeasureSince("leader.reconcile", start);
        return true;
    }

    private void Establish()
    {
        tombstones.Start(consensus.Status.LastLogIndex);
        sessions.Start();
        _ready = true;
    }

    private void Revoke()
    {
        _ready = false;
        sessions.Stop();
    }

    private async ValueTask<LeaderEvent> NextEventAsync(TimeSpan untilReconcile)
    {
        TimeSpan pause = untilReconcile < TombstoneReaper.Granularity ? untilReconcile : TombstoneReaper.Granularity;
        if (pause <= TimeSpan.Zero) return default;
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        wait.CancelAfter(pause);
        try
        {
            return Taken(await _events.Reader.ReadAsync(wait.Token));
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return default;
        }
    }

    private LeaderEvent Taken(LeaderEvent next)
    {
        if (next.Kind == LeaderEventKind.MemberChanged) Interlocked.Decrement(ref _memberEvents);
        return next;
    }
}

internal enum LeaderEventKind
{
    /// <summary>Nothing but time has passed.</summary>
    Tick,
    Gained,
    Lost,
    Retake,
    MemberChanged,
}

/// <param name="Done">Gets null or the fault of a <see cref="LeaderEventKind.Retake"/>.</param>
/// <param name="Member">Whom <see cref="LeaderEventKind.MemberChanged"/> is about.</param>
/// <param name="IsReap">The pool has forgotten the member.</param>
internal readonly record struct LeaderEvent(
    LeaderEventKind Kind, TaskCompletionSource<string?>? Done = null, Member? Member = null, bool IsReap = false);
