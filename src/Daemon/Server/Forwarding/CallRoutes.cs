using Consul.Fast.Daemon.Client;
using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>Makes the routes of calls, for one kind of callers.</summary>
/// <param name="own">Bounds the calls when they are this agent's own; null for those of others.</param>
internal sealed class CallRoutes(LeaderCaller leader, OwnCalls? own)
{
    /// <summary>To the leader, unless a stale answer will do.</summary>
    public RoutedRead<TRequest, TReply> Read<TRequest, TReply>(
        ServiceMethod<TRequest, TReply> method, Func<TRequest, ValueTask<RpcResult<TReply>>> serve)
        where TRequest : QueryRequest => new(leader, own, method, serve);

    /// <summary>To the leader even when a stale answer would do: no other server has it.</summary>
    public RoutedRead<TRequest, TReply> ReadOfLeader<TRequest, TReply>(
        ServiceMethod<TRequest, TReply> method, Func<TRequest, ValueTask<RpcResult<TReply>>> serve)
        where TRequest : QueryRequest => new(leader, own, method, serve) { LeaderOnly = true };

    /// <summary>To the leader.</summary>
    public RoutedWrite<TRequest, TReply> Write<TRequest, TReply>(
        ServiceMethod<TRequest, TReply> method, Func<TRequest, string> datacenter, Func<TRequest, ValueTask<RpcResult<TReply>>> serve) =>
        new(leader, own, method, datacenter, serve);

    /// <summary>Nowhere else, whatever datacenter is named.</summary>
    public RoutedHere<TRequest, TReply> Here<TRequest, TReply>(Func<TRequest, ValueTask<RpcResult<TReply>>> serve) =>
        new(leader.Route, own, serve);

    /// <summary>Nowhere else in this datacenter.</summary>
    public RoutedHere<TRequest, TReply> InDatacenter<TRequest, TReply>(Func<TRequest, ValueTask<RpcResult<TReply>>> serve)
        where TRequest : QueryRequest => new(leader.Route, own, serve) { Datacenter = static request => request.Datacenter };
}
