using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Gossip.Node;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>The one attempt to join at the start failed; the agent does not run without. The message is for the user.</summary>
internal sealed class StartJoinException(string message) : Exception(message);

/// <summary>
/// How this agent comes into its pools: the attempts of the configuration at and after the start, and those of operators.
/// Thread safe.
/// </summary>
/// <param name="wan">Null without WAN pool.</param>
/// <param name="exhausted">Called once when the agent has to end because a pool could not be joined.</param>
internal sealed class ClusterJoin(
    AgentConfig config,
    PoolJoiner lan,
    PoolJoiner? wan,
    ServiceManager manager,
    TimeProvider time,
    ILogger logger,
    Action exhausted) : IAsyncDisposable
{
    private const string ServersOnly = "Must be a server to join WAN cluster";
    private const string WanDisabled = "WAN Federation is disabled";

    private readonly CancellationTokenSource _stop = new();
    private Task _retrying = Task.CompletedTask;
    private int _disposed;

    public static ClusterJoin Of(GossipPools pools, AgentConfig config, TimeProvider time, ILoggerFactory loggers, Action exhausted)
    {
        ILogger logger = loggers.CreateLogger("agent");
        string parent = config.Server.Enabled ? "agent.server.memberlist" : "agent.client.memberlist";
        PoolJoiner? wan = pools.Wan is null ? null : Joiner("WAN", pools.Wan, loggers.CreateLogger($"{parent}.wan"));
        var manager = new ServiceManager(Environment.GetEnvironmentVariable(ServiceManager.Variable) ?? "");
        return new ClusterJoin(
            config, Joiner("LAN", pools.Lan, loggers.CreateLogger($"{parent}.lan")), wan, manager, time, logger, exhausted);

        PoolJoiner Joiner(string name, IGossipPool pool, ILogger memberLogger) =>
            new(name, pool, new JoinAddresses(() => pool.Local.Port), logger, memberLogger);
    }

    /// <summary>Begins to join what is to be joined in the background. Call once.</summary>
    public void StartRetrying()
    {
        JoinConfig join = config.Join;
        var retryLan = new RetryJoinOptions("LAN", join.RetryLan, join.RetryIntervalLan, join.RetryMaxLan);
        var retryWan = new RetryJoinOptions("WAN", join.RetryWan, join.RetryIntervalWan, join.RetryMaxWan);
        Task ofLan = RetryAsync(new RetryJoin(retryLan, JoinLanAsync, time, logger));
        Task ofWan = config.Server.Enabled ? RetryAsync(new RetryJoin(retryWan, JoinWanAsync, time, logger)) : Task.CompletedTask;
        _retrying = Task.WhenAll(ofLan, ofWan);
    }

    /// <summary>The single attempts of the start, first in the LAN.</summary>
    /// <exception cref="StartJoinException">Nobody answered.</exception>
    public async Task JoinAtStartAsync(CancellationToken cancellation)
    {
        if (config.Join.StartLan.Count > 0)
        {
            logger.JoiningAtStart();
            logger.JoinedAtStart(await OrThrow(JoinLanAsync(config.Join.StartLan, cancellation)).ConfigureAwait(false));
        }

        if (config.Join.StartWan.Count > 0)
        {
            logger.JoiningWanAtStart();
            logger.JoinedWanAtStart(await OrThrow(JoinWanAsync(config.Join.StartWan, cancellation)).ConfigureAwait(false));
        }
    }

    /// <summary>Joins through one agent. Null, or why that failed.</summary>
    public async Task<string?> JoinAsync(string address, bool inWan, CancellationToken cancellation)
    {
        Task<JoinOutcome> join = inWan ? JoinWanAsync([address], cancellation) : JoinLanAsync([address], cancellation);
        JoinOutcome outcome = await join.ConfigureAwait(false);
        return outcome.Error;
    }

    /// <summary>Ends the attempts in the background; further calls only wait for that.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            await _retrying.ConfigureAwait(false);
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _retrying.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task<JoinOutcome> JoinLanAsync(IReadOnlyList<string> addresses, CancellationToken cancellation)
    {
        JoinOutcome outcome = await lan.JoinAsync(addresses, cancellation).ConfigureAwait(false);
        if (outcome.Error is null && manager.Ready() is { } fault) logger.NotNotified(fault);
        return outcome;
    }

    private Task<JoinOutcome> JoinWanAsync(IReadOnlyList<string> addresses, CancellationToken cancellation)
    {
        if (wan is not null) return wan.JoinAsync(addresses, cancellation);
        string fault = config.Server.Enabled ? WanDisabled : ServersOnly;
        logger.Joining("WAN", addresses);
        logger.JoinFailed("WAN", 0, fault);
        return Task.FromResult(JoinOutcome.Failed(fault));
    }

    private static async Task<int> OrThrow(Task<JoinOutcome> join)
    {
        JoinOutcome outcome = await join.ConfigureAwait(false);
        return outcome.Error is null ? outcome.Joined : throw new StartJoinException(outcome.Error);
    }

    private async Task RetryAsync(RetryJoin retry)
    {
        try
        {
            if (await retry.RunAsync(_stop.Token).ConfigureAwait(false) is not { } fault) return;
            logger.RetryJoinFailed(fault);
            exhausted();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The agent ends.
        }
    }
}
