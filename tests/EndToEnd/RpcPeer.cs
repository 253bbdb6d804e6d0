using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>One connection to an RPC port, driven byte by byte.</summary>
internal sealed class RpcPeer : IAsyncDisposable
{
    private readonly Socket _socket;
    private uint _nextStream = 1;

    private RpcPeer(Socket socket)
    {
        _socket = socket;
        Stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>In the clear or inside TLS.</summary>
    public Stream Stream { get; private set; }

    /// <summary>Connects and sends.</summary>
    public static async Task<RpcPeer> ConnectAsync(int port, params byte[] first)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync("127.0.0.1", port);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var peer = new RpcPeer(socket);
        if (first.Length > 0) await peer.SendAsync(first);
        return peer;
    }

    /// <summary>Shakes hands, showing a certificate if there is one and taking any; gives what the server showed.</summary>
    public async Task<X509Certificate2> UpgradeAsync(X509Certificate2? certificate, string? alpn = null)
    {
        var tls = new SslStream(Stream);
        Stream = tls;
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "",
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
            ApplicationProtocols = alpn is null ? null : [new SslApplicationProtocol(alpn)],
            RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null,
        }).WaitAsync(Until.Deadline);
        return (X509Certificate2)tls.RemoteCertificate!;
    }

    public Task SendAsync(byte[] bytes) => Stream.WriteAsync(bytes).AsTask().WaitAsync(Until.Deadline);

    /// <summary>A call on a plain connection or with a new stream, with its answer compared to the byte.</summary>
    public async Task PingAsync(bool multiplexed = true)
    {
        byte[] answer = multiplexed ? await CallOnNewStreamAsync(RpcBytes.Ping, RpcBytes.Pong.Length) : await CallAsync();
        Assert.Equal(RpcBytes.Pong, answer);

        async Task<byte[]> CallAsync()
        {
            await SendAsync(RpcBytes.Ping);
            return await ReadAsync(RpcBytes.Pong.Length);
        }
    }

    /// <summary>Reads exactly so many bytes; fails at the end of the connection.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        byte[] bytes = new byte[count];
        await Stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(Until.Deadline);
        return bytes;
    }

    /// <summary>Waits for the end of the connection; fails when anything comes before it.</summary>
    public async Task ExpectSilentEndAsync() => Assert.Equal(0, await Stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Until.Deadline));

    /// <summary>Reads until a text has come; fails at the end of the connection.</summary>
    public async Task ExpectTextAsync(string text)
    {
        var come = new StringBuilder();
        byte[] buffer = new byte[1024];
        while (!come.ToString().Contains(text, StringComparison.Ordinal))
        {
            int count = await Stream.ReadAsync(buffer).AsTask().WaitAsync(Until.Deadline);
            Assert.True(count > 0, $"ended after: {come}");
            come.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
    }

    /// <summary>True when the connection ends, in order or not, before anything comes.</summary>
    public async Task<bool> EndsAsync()
    {
        try
        {
            return await Stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Until.Deadline) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Takes whatever comes, so that the server can send; ends with the connection.</summary>
    public async Task DrainAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await Stream.ReadAsync(buffer) > 0)
            {
            }
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            // Closed by either side.
        }
    }

    /// <summary>Breaks the connection off instead of closing it.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    private async Task<byte[]> CallOnNewStreamAsync(byte[] call, int answerLength)
    {
        uint id = _nextStream;
        _nextStream += 2;
        await SendAsync([.. RpcBytes.Frame(RpcBytes.WindowUpdate, RpcBytes.Syn, id), .. RpcBytes.Frame(RpcBytes.Data, 0, id, call)]);
        var answer = new List<byte>();
        while (answer.Count < answerLength)
        {
            byte[] header = await ReadAsync(RpcBytes.FrameHeader);
            if (header[1] != RpcBytes.Data) continue;
            byte[] data = await ReadAsync(BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(8)));
            if (BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)) == id) answer.AddRange(data);
        }

        return [.. answer];
    }
}
