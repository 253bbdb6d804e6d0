using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Checks;

/// <summary>Passing when a server speaks HTTP/2 over TLS and answers a ping.</summary>
internal sealed class H2PingCheck(CheckEnvironment environment, CheckDefinition type)
    : PeriodicCheck(environment, type, TimeSpan.FromSeconds(10))
{
    private const int FrameHeaderBytes = 9;
    private const int FrameBytesMax = 16384;
    private const byte PingType = 6;
    private const byte GoAwayType = 7;
    private const byte AckFlag = 1;
    private const int PingBytes = 8;

    /// <summary>The client's preface, its empty settings, and a ping.</summary>
    private static ReadOnlySpan<byte> Opening =>
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0\0\0\u0008\u0006\0\0\0\0\0consping"u8;

    protected override async Task ProbeAsync(CancellationToken deadline)
    {
        bool connected = false;
        try
        {
            using SslStream stream = await ConnectAsync(deadline).ConfigureAwait(false);
            connected = true;
            await stream.WriteAsync(Opening.ToArray(), deadline).ConfigureAwait(false);
            await WaitForAckAsync(stream, deadline).ConfigureAwait(false);
            Publish(CheckStatus.Passing, "HTTP2 ping was successful");
        }
        catch (Exception fault) when (fault is IOException or AuthenticationException or OperationCanceledException)
        {
            string reason = deadline.IsCancellationRequested && fault is not DialException ? "context deadline exceeded" : fault.Message;
            Publish(CheckStatus.Critical, connected ? $"HTTP2 ping failed: {reason}" : $"Failed to dial to {Type.H2Ping}: {reason}");
        }
    }

    private async Task<SslStream> ConnectAsync(CancellationToken deadline)
    {
        if (!Dialer.TrySplit(Type.H2Ping, out string host, out int port, out string error)) throw new DialException(error);
        Socket socket = await Dialer.ConnectAsync(host, port, deadline).ConfigureAwait(false);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            SslClientAuthenticationOptions options = ProbeClients.TlsOptions(Type.TlsServerName, Type.TlsSkipVerify);
            options.TargetHost ??= host;
            options.ApplicationProtocols = [SslApplicationProtocol.Http2];
            await stream.AuthenticateAsClientAsync(options, deadline).ConfigureAwait(false);
            return stream.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2
                ? stream : throw new DialException("the server does not speak h2");
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task WaitForAckAsync(SslStream stream, CancellationToken deadline)
    {
        var frame = new byte[FrameBytesMax];
        while (true)
        {
            await stream.ReadExactlyAsync(frame.AsMemory(0, FrameHeaderBytes), deadline).ConfigureAwait(false);
            int length = BinaryPrimitives.ReadInt32BigEndian(frame) >> 8;
            byte type = frame[3], flags = frame[4];
            if (length > FrameBytesMax) throw new IOException("frame too large");
            await stream.ReadExactlyAsync(frame.AsMemory(0, length), deadline).ConfigureAwait(false);
            if (type == PingType && (flags & AckFlag) != 0 && length == PingBytes) return;
            if (type == GoAwayType) throw new IOException("the server went away");
        }
    }
}
