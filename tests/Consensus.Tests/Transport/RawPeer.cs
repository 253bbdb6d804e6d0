using System.Net;
using System.Net.Sockets;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Consensus.Tests.Transport;

/// <summary>A peer that writes any bytes on a Raft connection and looks at what comes back.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly Socket _socket;
    private readonly List<byte> _received = [];
    private int _position;

    private RawPeer(Socket socket) => _socket = socket;

    public static async Task<RawPeer> DialAsync(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        RawPeer peer = new(socket);
        await peer.SendAsync(new byte[] { 1 });
        return peer;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes)..];
    }

    /// <summary>The next answer, error text and object; null when the connection ends before.</summary>
    public async Task<byte[]?> AnswerAsync()
    {
        while (true)
        {
            if (TryTake() is { } answer) return answer;
            if (!await ReceiveAsync()) return null;
        }
    }

    /// <summary>True when the other side closes the connection without another byte.</summary>
    public async Task<bool> IsClosedAsync() => !await ReceiveAsync();

    public void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => _socket.Dispose();

    private byte[]? TryTake()
    {
        byte[] bytes = [.. _received.Skip(_position)];
        MsgPackReader reader = new(bytes);
        reader.Skip();
        reader.Skip();
        if (reader.Failed) return null;
        _position += reader.Consumed;
        return bytes[..reader.Consumed];
    }

    private async Task<bool> ReceiveAsync()
    {
        byte[] buffer = new byte[4096];
        using CancellationTokenSource limit = new(Eventually.Deadline);
        try
        {
            int count = await _socket.ReceiveAsync(buffer, limit.Token);
            _received.AddRange(buffer.AsSpan(0, count));
            return count > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
