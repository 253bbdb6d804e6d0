using Consul.Fast.Daemon.Client;
using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>A read that runs at the leader, or here when a stale answer will do. One that runs here at once costs nothing more.</summary>
/// <param name="own">Bounds the calls when they are this agent's own; null for those of others.</param>
/// <param name="serve">Runs it here.</param>
internal sealed class RoutedRead<TRequest, TReply>(
    LeaderCaller leader, OwnCalls? own, ServiceMethod<TRequest, TReply> method, Func<TRequest, ValueTask<RpcResult<TReply>>> serve)
    where TRequest : QueryRequest
{
    /// <summary>Only the leader knows what this read asks for, however stale the answer may be.</summary>
    public bool LeaderOnly { get; init; }

    public ValueTask<RpcResult<TReply>> CallAsync(TRequest request)
    {
        if (own is not null && !own.TryStart()) return Fail(RpcErrors.RateLimited);
        if (leader.Route.CheckDatacenter(request.Datacenter) is { } unreachable) return Fail(unreachable);
        return leader.Route.ServesReadNow(request.AllowStale && !LeaderOnly)
            ? serve(request)
            : leader.CallAsync(method, request, serve, isRead: true, request.Cancellation);
    }

    private static ValueTask<RpcResult<TReply>> Fail(string error) => new(RpcResult<TReply>.Fail(error));
}

/// <summary>A call that changes something and so runs at the leader.</summary>
/// <param name="own">Bounds the calls when they are this agent's own; null for those of others.</param>
/// <param name="datacenter">The one that a request is meant for.</param>
/// <param name="serve">Runs it here.</param>
internal sealed class RoutedWrite<TRequest, TReply>(
    LeaderCaller leader,
    OwnCalls? own,
    ServiceMethod<TRequest, TReply> method,
    Func<TRequest, string> datacenter,
    Func<TRequest, ValueTask<RpcResult<TReply>>> serve)
{
    public ValueTask<RpcResult<TReply>> CallAsync(TRequest request)
    {
        if (own is not null && !own.TryStart()) return Fail(RpcErrors.RateLimited);
        if (leader.Route.CheckDatacenter(datacenter(request)) is { } unreachable) return Fail(unreachable);
        return leader.Route.ServesWriteNow
            ? serve(request)
            : leader.CallAsync(method, request, serve, isRead: false, CancellationToken.None);
    }

    private static ValueTask<RpcResult<TReply>> Fail(string error) => new(RpcResult<TReply>.Fail(error));
}

/// <summary>A call that the server it came to answers itself.</summary>
/// <param name="own">Bounds the calls when they are this agent's own; null for those of others.</param>
/// <param name="serve">Runs it.</param>
internal sealed class RoutedHere<TRequest, TReply>(
    LeaderRoute route, OwnCalls? own, Func<TRequest, ValueTask<RpcResult<TReply>>> serve)
{
    /// <summary>The datacenter that a request is meant for; null when all requests are for any.</summary>
    public Func<TRequest, string>? Datacenter { get; init; }

    public ValueTask<RpcResult<TReply>> CallAsync(TRequest request)
    {
        if (own is not null && !own.TryStart()) return Fail(RpcErrors.RateLimited);
        return Datacenter is not null && route.CheckDatacenter(Datacenter(request)) is { } unreachable ? Fail(unreachable) : serve(request);
    }

    private static ValueTask<RpcResult<TReply>> Fail(string error) => new(RpcResult<TReply>.Fail(error));
}
