using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Rpc;

/// <summary>Calls of agents that have no certificate yet: TLS without one, one connection per call.</summary>
public sealed partial class RpcPool
{
    /// <summary>Calls a method of the reduced service set. Only inside the own datacenter, nothing is pooled or repeated.</summary>
    public async ValueTask<RpcResponse<TReply>> CallInsecureAsync<TRequest, TReply>(
        RpcServerAddress server, RpcMethodCall<TRequest, TReply> method, TRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(method);
        if (_dialer is null || server.Datacenter != Settings.Datacenter)
            return new RpcResponse<TReply>(RpcOutcome.NotSent, default!, RpcErrors.InsecureBetweenDatacenters);
        DialResult dialed = await _dialer.DialAsync(server, ProtocolMode.TlsInsecure, cancellation).ConfigureAwait(false);
        if (!dialed.Succeeded)
            return new RpcResponse<TReply>(RpcOutcome.NotSent, default!, RpcErrors.InsecureConnectPrefix + dialed.Error);
        await using TcpConnection connection = dialed.Connection;
        RpcResponse<TReply> response = await RpcOneShot
            .CallAsync(connection, method, request, Settings.MaxResponseBytes, cancellation).ConfigureAwait(false);
        return response.Error is null
            ? response
            : new RpcResponse<TReply>(response.Outcome, default!, RpcErrors.InsecureCallPrefix + response.Error);
    }
}
