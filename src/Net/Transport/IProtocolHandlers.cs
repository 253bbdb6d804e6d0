namespace Consul.Fast.Net.Transport;

/// <summary>
/// What a server does with the connections of each mode. A handler owns the connection until its task completes; then the
/// connection is closed in order, unless the handler has aborted it. The mode byte is consumed, nothing after it.
/// </summary>
/// <remarks>Called on a pool thread, many at once. A lost connection may leave a handler as an exception; it is no error.</remarks>
public interface IProtocolHandlers
{
    /// <summary>Requests and responses directly on the connection.</summary>
    Task OnRpcAsync(TcpConnection connection);

    Task OnRaftAsync(TcpConnection connection);

    /// <summary>A yamux session, we are its server.</summary>
    Task OnMultiplexedAsync(TcpConnection connection);

    /// <summary>One snapshot saved or restored.</summary>
    Task OnSnapshotAsync(TcpConnection connection);

    /// <summary>HTTP/2 with prior knowledge. Without a handler the connection is closed.</summary>
    Task OnGrpcAsync(TcpConnection connection) => Task.CompletedTask;

    /// <summary>Requests of callers without certificate, inside TLS. Without a handler the connection is closed.</summary>
    Task OnInsecureRpcAsync(TcpConnection connection) => Task.CompletedTask;
}
