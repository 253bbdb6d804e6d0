using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Tls;

namespace Consul.Fast.Net.Transport;

/// <summary>
/// Opens connections to servers: TCP, TLS when the certificates' settings say so, and the mode byte. Thread safe. Failures
/// of the network and of TLS are results, never exceptions.
/// </summary>
/// <param name="tls">Decides alone whether dials use TLS; null for never.</param>
/// <param name="source">Address to dial from; null for the system's choice.</param>
/// <param name="pool">Blocks of the connections; null for the large ones of the process.</param>
public sealed class TcpDialer(TlsContext? tls = null, IPAddress? source = null, MemoryPool<byte>? pool = null)
{
    private readonly MemoryPool<byte> _pool = pool ?? PinnedBlockPool.Large;

    /// <summary>Limit of the connect, and once more of the TLS handshake.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Connects and announces the mode. <see cref="ProtocolMode.TlsInsecure"/> is TLS in any case and has no byte inside; the
    /// other modes are spoken in the clear or after <see cref="ProtocolMode.Tls"/>.
    /// </summary>
    /// <param name="datacenter">Where the server belongs to; part of the name its certificate must carry.</param>
    /// <returns>The texts are Consul's: what TLS found wrong stands without the address.</returns>
    public async ValueTask<DialResult> DialAsync(
        IPEndPoint endPoint, string datacenter, ProtocolMode mode, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Timeout);
        Socket? socket = null;
        try
        {
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (source is not null) socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(endPoint, limit.Token);
            SocketTuning.Apply(socket);
            bool insecure = mode == ProtocolMode.TlsInsecure;
            if (insecure || tls is { DialsTls: true })
            {
                limit.CancelAfter(Timeout);
                return await UpgradeAsync(socket, endPoint, datacenter, mode, limit.Token);
            }

            await SendAsync(socket, mode, limit.Token);
            return new DialResult(new TcpConnection(new NetworkStream(socket, ownsSocket: true), socket, tls: null, _pool), null);
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            bool connected = socket is { Connected: true };
            bool bound = source is null || socket is { IsBound: true };
            socket?.Dispose();
            return new DialResult(null, $"{Prefix(endPoint)}{Cause(exception, bound, connected, cancellation)}");
        }
    }

    /// <summary>Connects in the clear and announces nothing: for protocols with a port of their own.</summary>
    public async ValueTask<DialResult> DialPlainAsync(IPEndPoint endPoint, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Timeout);
        Socket? socket = null;
        try
        {
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (source is not null) socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(endPoint, limit.Token);
            SocketTuning.Apply(socket);
            return new DialResult(new TcpConnection(new NetworkStream(socket, ownsSocket: true), socket, tls: null, _pool), null);
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            bool bound = source is null || socket is { IsBound: true };
            socket?.Dispose();
            return new DialResult(null, $"{Prefix(endPoint)}{Cause(exception, bound, connected: false, cancellation)}");
        }
    }

    private async ValueTask<DialResult> UpgradeAsync(
        Socket socket, IPEndPoint endPoint, string datacenter, ProtocolMode mode, CancellationToken cancellation)
    {
        bool insecure = mode == ProtocolMode.TlsInsecure;
        await SendAsync(socket, insecure ? mode : ProtocolMode.Tls, cancellation);
        TlsContext context = tls ?? TlsContext.None;
        TlsOutcome outcome = await context.ForDatacenter(datacenter).RunAsync(new SocketStream(socket), cancellation);
        if (outcome.Stream is null)
        {
            string failure = outcome.Failure == TlsHandshake.TimedOut ? Prefix(endPoint) + outcome.Failure : outcome.Failure!;
            return new DialResult(null, failure);
        }

        var connection = new TcpConnection(outcome.Stream, socket, outcome.Facts, _pool);
        if (insecure) return new DialResult(connection, null);
        try
        {
            await outcome.Stream.WriteAsync(new[] { (byte)mode }, cancellation);
            return new DialResult(connection, null);
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            CloseReason reason = CloseReason.FromException(exception);
            connection.Abort(reason);
            await connection.DisposeAsync();
            return new DialResult(null, $"{Prefix(endPoint)}{reason}");
        }
    }

    private static async ValueTask SendAsync(Socket socket, ProtocolMode mode, CancellationToken cancellation) =>
        await socket.SendAsync(new[] { (byte)mode }, SocketFlags.None, cancellation);

    /// <summary>A source of ours is named too, without a port, as Consul's users know it.</summary>
    private string Prefix(IPEndPoint endPoint) =>
        source is null ? $"dial tcp {endPoint}: " : $"dial tcp {new IPEndPoint(source, 0)}->{endPoint}: ";

    private static string Cause(Exception exception, bool bound, bool connected, CancellationToken cancellation)
    {
        if (exception is not OperationCanceledException)
        {
            string text = CloseReason.FromException(exception).Text;
            if (connected) return text;
            return bound ? $"connect: {text}" : $"bind: {text}";
        }

        return cancellation.IsCancellationRequested ? "operation was canceled" : TlsHandshake.TimedOut;
    }
}
