using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Client;

/// <summary>
/// Sends an agent's calls to one server of its datacenter: the head of the list, which moves to the tail when a call fails,
/// so that the next one meets another server. Thread safe.
/// </summary>
/// <param name="pool">Connections to the servers.</param>
/// <param name="servers">Which servers there are.</param>
/// <param name="own">Bounds the calls that this agent starts; every try counts.</param>
/// <param name="hold">For how long a call is repeated while there is no leader.</param>
internal sealed class ServerCaller(RpcPool pool, ServerList servers, OwnCalls own, TimeSpan hold, TimeProvider time)
    : IServerCaller
{
    public ValueTask<RpcResult<TReply>> WriteAsync<TRequest, TReply>(ServiceMethod<TRequest, TReply> method, TRequest request) =>
        CallAsync(method, request, isRead: false, CancellationToken.None);

    public ValueTask<RpcResult<TReply>> ReadAsync<TRequest, TReply>(ServiceMethod<TRequest, TReply> method, TRequest request)
        where TRequest : QueryRequest => CallAsync(method, request, isRead: true, request.Cancellation);

    private async ValueTask<RpcResult<TReply>> CallAsync<TRequest, TReply>(
        ServiceMethod<TRequest, TReply> method, TRequest request, bool isRead, CancellationToken cancellation)
    {
        var held = new HoldTimer(hold, time);
        while (true)
        {
            if (servers.Head is not { } server) return RpcResult<TReply>.Fail(RpcErrors.NoServers);
            if (!own.TryStart()) return RpcResult<TReply>.Fail(RpcErrors.RateLimited);
            RpcResponse<RpcResult<TReply>> response = await pool.CallAsync(server, method.Call, request, cancellation);
            if (response.Error is not { } error) return response.Value;
            own.NoteFailed(server);
            servers.NotifyFailed(server);
            if (cancellation.IsCancellationRequested || !RpcErrors.CanRetry(isRead, error) || held.IsOver)
                return RpcResult<TReply>.Fail(error);
            await held.PauseAsync(cancellation);
        }
    }
}
