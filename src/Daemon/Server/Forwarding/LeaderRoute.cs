using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Agent.Pools;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>
/// Where a call that comes to this server has to run: here, at the leader, or nowhere for now. It looks at what Raft and the pool
/// know in this moment, so each try asks anew. Thread safe.
/// </summary>
/// <param name="findServer">A server of the datacenter by the <c>ip:port</c> that Raft knows it by, or null.</param>
internal sealed class LeaderRoute(IServerContext server, LeaderGate gate, Func<string, ServerTags?> findServer, ILogger logger)
{
    /// <summary>Many calls may be held for the same reason; one line a second tells it.</summary>
    private static readonly TimeSpan LogPeriod = TimeSpan.FromSeconds(1);

    private volatile Found? _found;
    private long _loggedAt = long.MinValue;

    /// <summary>Null when a datacenter is this server's own, the only one it reaches.</summary>
    public string? CheckDatacenter(string datacenter) =>
        datacenter.Length == 0 || datacenter == server.Datacenter ? null : RpcErrors.NoPathToDatacenter;

    /// <summary>Whether a read may run here at once.</summary>
    /// <param name="allowStale">Any server will do that has heard of a leader since it started.</param>
    public bool ServesReadNow(bool allowStale) => (allowStale && gate.CanServeStale) || (gate.IsCurrent && !server.IsLeaving);

    /// <summary>Whether a write may run here at once.</summary>
    public bool ServesWriteNow => gate.IsLeader && !server.IsLeaving;

    /// <summary>Where a call runs that <see cref="ServesReadNow"/> or <see cref="ServesWriteNow"/> did not keep here.</summary>
    /// <param name="isRead">A leader that has just been elected lets reads wait until it has applied what came before.</param>
    public RouteStep Next(bool isRead)
    {
        if (server.IsLeaving) return RouteStep.Refuse(RpcErrors.NoLeader);
        if (gate.IsLeader) return isRead && !gate.IsCurrent ? RouteStep.Wait(RpcErrors.NotReady) : RouteStep.Here;
        RaftStatus status = server.Consensus.Status;
        if (status.LeaderAddress.Length == 0) return RouteStep.Wait(RpcErrors.NoLeader);
        if (findServer(status.LeaderAddress) is not { } leader)
        {
            Log(status.LeaderAddress);
            return RouteStep.Wait(RpcErrors.LeaderNotTracked);
        }

        // A server that has just stopped leading may still be named; to call itself would be a loop.
        return leader.ShortName == server.NodeName ? RouteStep.Wait(RpcErrors.NoLeader) : RouteStep.To(AddressOf(leader));
    }

    private RpcServerAddress AddressOf(ServerTags leader)
    {
        Found? found = _found;
        if (found is null || !ReferenceEquals(found.Tags, leader))
            _found = found = new Found(leader, leader.RpcAddress);
        return found.Address;
    }

    private void Log(string leader)
    {
        long now = server.Time.GetTimestamp();
        long logged = Volatile.Read(ref _loggedAt);
        if (logged != long.MinValue && server.Time.GetElapsedTime(logged, now) < LogPeriod) return;
        if (Interlocked.CompareExchange(ref _loggedAt, now, logged) == logged) ForwardingLog.LeaderNotTracked(logger, leader);
    }

    private sealed record Found(ServerTags Tags, RpcServerAddress Address);
}

/// <summary>What to do with a call next: run it here, send it to the leader, try again later, or give it up.</summary>
/// <param name="Leader">Where to send it, or null.</param>
/// <param name="Error">Why it can neither run nor be sent, or null.</param>
/// <param name="IsFinal">Waiting does not help.</param>
internal readonly record struct RouteStep(RpcServerAddress? Leader, string? Error, bool IsFinal)
{
    public static RouteStep Here => default;

    public bool IsHere => Leader is null && Error is null;

    public static RouteStep To(RpcServerAddress leader) => new(leader, null, false);

    public static RouteStep Wait(string error) => new(null, error, false);

    public static RouteStep Refuse(string error) => new(null, error, true);
}
