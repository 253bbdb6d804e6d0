using Consul.Fast.Daemon.Client;
using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>
/// Where archives are made and taken: at the leader, or here when a stale one will do. Unlike calls, these are neither held nor
/// repeated, and the leader's errors come as they are. Thread safe.
/// </summary>
/// <param name="own">Bounds the operations when they are this agent's own; null for those of others.</param>
internal sealed class RoutedSnapshots(LeaderRoute route, SnapshotCaller remote, ISnapshots local, OwnCalls? own) : ISnapshots
{
    public ValueTask<RpcResult<Stream>> SaveAsync(DcSpecificRequest request)
    {
        (RpcServerAddress? leader, string? error) = Find(request);
        if (error is not null) return new(RpcResult<Stream>.Fail(error));
        return leader is null ? local.SaveAsync(request) : remote.SaveAsync(leader, request);
    }

    public ValueTask<RpcResult<bool>> RestoreAsync(DcSpecificRequest request, Stream archive)
    {
        (RpcServerAddress? leader, string? error) = Find(request);
        if (error is not null) return new(RpcResult<bool>.Fail(error));
        return leader is null ? local.RestoreAsync(request, archive) : remote.RestoreAsync(leader, request, archive);
    }

    /// <summary>Gives no leader for what is done here.</summary>
    private (RpcServerAddress? Leader, string? Error) Find(DcSpecificRequest request)
    {
        if (own is not null && !own.TryStart()) return (null, RpcErrors.RateLimited);
        if (route.CheckDatacenter(request.Datacenter) is { } unreachable) return (null, unreachable);
        if (request.AllowStale) return default;
        RouteStep step = route.Next(isRead: false);
        return (step.Leader, step.Error);
    }
}
