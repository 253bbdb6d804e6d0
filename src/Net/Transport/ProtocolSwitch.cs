using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Tls;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Transport;

/// <summary>
/// The one port of a server: finds out from the first byte what a connection speaks, wraps it in TLS where asked for, and
/// hands it to the handler of its mode. Nothing is ever written to a peer that is refused. Thread safe.
/// </summary>
/// <param name="handlers">What to do with each mode.</param>
/// <param name="tls">Certificates and what is demanded of peers; null when none are configured.</param>
/// <param name="pool">Blocks of the connections; null for the large ones of the process.</param>
public sealed class ProtocolSwitch(
    IProtocolHandlers handlers, TlsContext? tls, TimerWheel timers, ILogger logger, MemoryPool<byte>? pool = null) : ITcpServer
{
    /// <summary>Above it no mode exists, and a TLS record can begin.</summary>
    private const int LastMode = (int)ProtocolMode.Grpc;

    private readonly MemoryPool<byte> _pool = pool ?? PinnedBlockPool.Large;
    private readonly ConcurrentDictionary<Arrival, bool> _open = new();
    private volatile CloseReason? _over;

    /// <summary>
    /// What a peer has for its mode byte, and once more for a TLS handshake with the byte inside. Zero means for ever. A
    /// change applies to later connections.
    /// </summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections that wait for their mode or are with a handler.</summary>
    public int Connections => _open.Count;

    public async Task ServeAsync(Socket socket)
    {
        var arrival = new Arrival(socket, timers);
        _open.TryAdd(arrival, true);
        if (_over is { } over) arrival.Abort(over);
        try
        {
            // The handler runs for as long as the peer likes; what it took to find it is not kept meanwhile.
            Task? handler = await ClassifyAsync(arrival);
            if (handler is not null) await handler;
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            arrival.Note(CloseReason.FromException(exception));
            TransportLog.Ended(logger, arrival.Remote, arrival.Reason!);
        }
        catch (Exception exception)
        {
            TransportLog.HandlerFailed(logger, arrival.Remote, exception);
        }
        finally
        {
            _open.TryRemove(arrival, out _);
            await arrival.DisposeAsync();
        }
    }

    /// <summary>Aborts every connection, and those that are still to come.</summary>
    public void AbortAll(CloseReason reason)
    {
        _over = reason;
        foreach (Arrival arrival in _open.Keys) arrival.Abort(reason);
    }

    /// <summary>Starts the handler; null when the connection is to be closed.</summary>
    private async ValueTask<Task?> ClassifyAsync(Arrival arrival)
    {
        arrival.StartDeadline(HandshakeTimeout);
        if (tls is { IsMutualCapable: true } && await arrival.PeekAsync() > LastMode) return await StartNativeAsync(arrival, tls);
        int first = await arrival.ReadAsync();
        arrival.EndDeadline();
        if (first < 0)
        {
            if (arrival.Reason is { } reason) TransportLog.Ended(logger, arrival.Remote, reason);
            return null;
        }

        var mode = (ProtocolMode)first;
        if (mode == ProtocolMode.Tls) return await StartInsideAsync(arrival);
        if (mode == ProtocolMode.TlsInsecure) return await StartInsecureAsync(arrival);
        if (tls is { VerifiesIncoming: true }) return Refuse(arrival, "in the clear while incoming connections are verified", mode);
        return Start(arrival, mode, Attach(arrival, new NetworkStream(arrival.Socket, ownsSocket: true), facts: null));
    }

    /// <summary>Byte 3: the deadline covers the handshake and the byte inside.</summary>
    private async ValueTask<Task?> StartInsideAsync(Arrival arrival)
    {
        if (tls is not { HasCertificate: true }) return Refuse(arrival, "no certificate to answer with", ProtocolMode.Tls);
        arrival.StartDeadline(HandshakeTimeout);
        if (await HandshakeAsync(arrival, tls.ForUpgrade()) is not { } connection) return null;
        int inner = await arrival.ReadAsync(connection.Stream);
        arrival.EndDeadline();
        return inner < 0 ? null : Start(arrival, (ProtocolMode)inner, connection);
    }

    /// <summary>Byte 7: for callers that have no certificate yet; no byte inside.</summary>
    private async ValueTask<Task?> StartInsecureAsync(Arrival arrival)
    {
        if (tls is not { HasCertificate: true }) return Refuse(arrival, "no certificate to answer with", ProtocolMode.TlsInsecure);
        arrival.StartDeadline(HandshakeTimeout);
        TcpConnection? connection = await HandshakeAsync(arrival, tls.ForInsecure());
        arrival.EndDeadline();
        return connection is null ? null : handlers.OnInsecureRpcAsync(connection);
    }

    /// <summary>TLS from the first byte, the mode in its ALPN name.</summary>
    private async ValueTask<Task?> StartNativeAsync(Arrival arrival, TlsContext context)
    {
        TcpConnection? connection = await HandshakeAsync(arrival, context.ForNative(RpcAlpn.Offered));
        arrival.EndDeadline();
        if (connection is null) return null;
        return RpcAlpn.TryGetMode(connection.Tls!.Alpn, out ProtocolMode mode)
            ? Start(arrival, mode, connection)
            : Refuse(arrival, $"no protocol for the ALPN name \"{connection.Tls.Alpn}\"", ProtocolMode.Tls);
    }

    private async ValueTask<TcpConnection?> HandshakeAsync(Arrival arrival, TlsHandshake handshake)
    {
        TlsOutcome outcome = await handshake.RunAsync(new SocketStream(arrival.Socket), CancellationToken.None);
        if (outcome.Stream is not null) return Attach(arrival, outcome.Stream, outcome.Facts);
        arrival.Note(new CloseReason(CloseKind.Tls, outcome.Failure!));
        TransportLog.HandshakeFailed(logger, arrival.Remote, arrival.Reason!);
        return null;
    }

    private TcpConnection Attach(Arrival arrival, Stream stream, TlsFacts? facts)
    {
        var connection = new TcpConnection(stream, arrival.Socket, facts, _pool);
        arrival.Attach(connection);
        return connection;
    }

    private Task? Start(Arrival arrival, ProtocolMode mode, TcpConnection connection)
    {
        switch (mode)
        {
            case ProtocolMode.Rpc:
                return handlers.OnRpcAsync(connection);
            case ProtocolMode.Raft when !MayRaft(connection):
                return Refuse(arrival, "the certificate is not that of a server of this datacenter", mode);
            case ProtocolMode.Raft:
                return handlers.OnRaftAsync(connection);
            case ProtocolMode.Multiplexed:
                return handlers.OnMultiplexedAsync(connection);
            case ProtocolMode.Snapshot:
                return handlers.OnSnapshotAsync(connection);
            case ProtocolMode.Grpc:
                return handlers.OnGrpcAsync(connection);
            case ProtocolMode.Tls or ProtocolMode.TlsInsecure:
                return Refuse(arrival, "TLS inside TLS", mode);
            default:
                return Refuse(arrival, "unrecognized RPC byte", mode);
        }
    }

    /// <summary>A client agent with a good certificate must not become a voter.</summary>
    private bool MayRaft(TcpConnection connection) =>
        connection.Tls is not { IsOwnServer: false } || tls is not { DemandsServersForRaft: true };

    private Task? Refuse(Arrival arrival, string why, ProtocolMode mode)
    {
        arrival.Note(new CloseReason(CloseKind.Refused, why));
        TransportLog.Refused(logger, arrival.Remote, why, (byte)mode);
        return null;
    }
}
