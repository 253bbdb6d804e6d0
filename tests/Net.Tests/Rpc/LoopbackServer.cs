using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Tests.Rpc;

/// <summary>A server under test behind a real socket.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpConnection> _connections = [];
    private readonly Task _accepting;

    public LoopbackServer(RpcServerSettings? settings = null, params RpcMethod[] more)
    {
        UnderTest = new ServerUnderTest(settings, more);
        _listener.Start();
        Address = new RpcServerAddress("dc1", "one", (IPEndPoint)_listener.LocalEndpoint, 2);
        _accepting = AcceptAsync();
    }

    public ServerUnderTest UnderTest { get; }

    public RpcServerAddress Address { get; }

    public int Accepted => _connections.Count;

    /// <summary>Breaks all connections.</summary>
    public void Kill()
    {
        foreach (TcpConnection connection in _connections) connection.Abort(CloseReason.Shutdown);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        await UnderTest.DisposeAsync();
        Kill();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        byte[] mode = new byte[1];
        if (await socket.ReceiveAsync(mode.AsMemory()) == 0) return;
        await using var connection = new TcpConnection(new NetworkStream(socket, ownsSocket: true), socket, null, PinnedBlockPool.Large);
        _connections.Add(connection);
        await (mode[0] == (byte)ProtocolMode.Multiplexed
            ? UnderTest.Server.ServeSessionAsync(connection)
            : UnderTest.Server.ServeConnectionAsync(connection));
    }
}
