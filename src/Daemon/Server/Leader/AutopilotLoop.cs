using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Net.Metrics;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Leader;

/// <summary>
/// The leader's care for the servers of the cluster: looks at their health, gives votes to new ones, removes dead ones.
/// <see cref="State"/> and <see cref="RemoveServerAsync"/> are thread safe; the rest is called by the leader loop.
/// </summary>
internal sealed class AutopilotLoop(
    IConsensus consensus,
    PoolServers pool,
    AutopilotPolicies policies,
    ServerStatsFetcher stats,
    ServerMembership membership,
    AutopilotIntervals intervals,
    TimeProvider time,
    IMetrics metrics,
    ILogger logger) : IAutopilot, ILeaderDuty
{
    private readonly DateTimeOffset _epoch = time.GetUtcNow();
    private readonly long _started = time.GetTimestamp();
    private AutopilotState _state = AutopilotState.None;
    private CancellationTokenSource? _stop;
    private Task _work = Task.CompletedTask;

    public AutopilotState State => Volatile.Read(ref _state);

    /// <summary>A clock that does not jump when the system's is set.</summary>
    private DateTimeOffset Now => _epoch + time.GetElapsedTime(_started);

    public ValueTask<string?> RemoveServerAsync(string serverId) => membership.RemoveServerAsync(serverId);

    /// <summary>Says that nothing is known, as operators expect of a server that does not lead.</summary>
    public void ReportUnknown()
    {
        metrics.SetGauge("autopilot.healthy", double.NaN);
        metrics.SetGauge("autopilot.failure_tolerance", double.NaN);
    }

    /// <inheritdoc/>
    /// <remarks>As a new leader: what was known when this server led before is forgotten.</remarks>
    public async ValueTask<string?> StartAsync(CancellationToken leadership)
    {
        // Nobody shall see a leader without settings, even if the first look takes long.
        await policies.GetAsync();
        while (membership.PruneRequests.TryRead(out _))
        {
            // Asked for when this server led before.
        }

        _stop = CancellationTokenSource.CreateLinkedTokenSource(leadership);
        CancellationToken stop = _stop.Token;
        _work = Task.WhenAll(
            Task.Run(() => LookAsync(stop), CancellationToken.None),
            Task.Run(() => ReconcileAsync(stop), CancellationToken.None),
            Task.Run(() => PruneAsync(stop), CancellationToken.None));
        AutopilotLog.Running(logger);
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask StopAsync()
    {
        if (_stop is null) return;
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
        _stop = null;
        Volatile.Write(ref _state, AutopilotState.None);
        ReportUnknown();
        AutopilotLog.Stopped(logger);
    }

    private async Task LookAsync(CancellationToken stop)
    {
        AutopilotLog.UpdaterRunning(logger);
        await RepeatAsync(intervals.Update, UpdateAsync, atOnce: true, stop);
        AutopilotLog.UpdaterStopped(logger);
    }

    private Task ReconcileAsync(CancellationToken stop) => RepeatAsync(
        intervals.Reconcile,
        async cancellation =>
        {
            if (await membership.PromoteAsync(State, Now) is { } error) AutopilotLog.ReconcileFailed(logger, error);
            await PruneOnceAsync(cancellation);
        },
        atOnce: false,
        stop);

    private async Task PruneAsync(CancellationToken stop)
    {
        try
        {
            await foreach (bool _ in membership.PruneRequests.ReadAllAsync(stop)) await GuardAsync(PruneOnceAsync, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Leadership has ended.
        }
    }

    private async Task PruneOnceAsync(CancellationToken stop)
    {
        if (await membership.PruneAsync(stop) is { } error) AutopilotLog.PruneFailed(logger, error);
    }

    private async Task RepeatAsync(TimeSpan interval, Func<CancellationToken, Task> action, bool atOnce, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            if (atOnce) await GuardAsync(action, stop);
            while (await timer.WaitForNextTickAsync(stop)) await GuardAsync(action, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Leadership has ended.
        }
    }

    /// <summary>A fault that nobody expected must not leave a leader that cares no more.</summary>
    private async Task GuardAsync(Func<CancellationToken, Task> action, CancellationToken stop)
    {
        try
        {
            await action(stop);
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            AutopilotLog.WorkFailed(logger, fault);
        }
    }

    /// <summary>Looks at all servers once.</summary>
    private async Task UpdateAsync(CancellationToken stop)
    {
        DateTimeOffset now = Now;
        if (await policies.GetAsync() is not { } policy) return;
        ClusterConfiguration configuration = consensus.Configuration.Configuration;
        IReadOnlyList<PoolServer> servers = pool.Read();
        RaftStatus status = consensus.Status;
        if (status.Role != RaftRole.Leader) return;
        string self = status.LeaderId;
        ServerTags[] others = [.. servers.Where(s => s.Status != MemberStatus.Left && s.Tags.Id != self).Select(static s => s.Tags)];
        Dictionary<string, ServerProgress> told = await stats.FetchAsync(others, intervals.Update / 2, stop);
        told[self] = new ServerProgress(LastContactNs: 0, status.LastLogTerm, status.LastLogIndex);
        if (stop.IsCancellationRequested) return;
        AutopilotState next = HealthRules.Next(State, new AutopilotInputs(
            now, policy, configuration, self, status.LastLogIndex, status.LastLogTerm,
            servers.ToDictionary(static s => s.Known.Id, static s => s.Known), told));
        if (next.Leader.Length == 0)
        {
            AutopilotLog.StateFailed(logger, $"cannot detect the current leader server id from its address: {status.LeaderAddress}");
            return;
        }

        Volatile.Write(ref _state, next);
        metrics.SetGauge("autopilot.failure_tolerance", next.FailureTolerance);
        metrics.SetGauge("autopilot.healthy", next.Healthy ? 1 : 0);
    }
}

/// <param name="Update">Between two looks at the servers.</param>
/// <param name="Reconcile">Between two rounds of promotions and removals.</param>
internal sealed record AutopilotIntervals(TimeSpan Update, TimeSpan Reconcile)
{
    private static readonly AutopilotIntervals Usual = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10));

    public static AutopilotIntervals Of(AgentConfig config) =>
        config.Node.DevMode ? Usual with { Update = TimeSpan.FromMilliseconds(10) } : Usual;
}
