using System.Net;
using Consul.Fast.Net.Transport;
using Microsoft.AspNetCore.Connections;

namespace Consul.Fast.Daemon.Http;

/// <summary>
/// Bounds the connections from one source address. One above the bound gets a fixed reply at once and is closed; clients
/// on Unix sockets are not counted. Thread safe.
/// </summary>
internal sealed class HttpConnectionLimiter(int limit)
{
    private static readonly TimeSpan WriteBudget = TimeSpan.FromMilliseconds(10);

    private static readonly byte[] Refusal =
    [
        .. "HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\nContent-Length: 81\r\nConnection: close\r\n\r\n"u8,
        .. "Your IP is issuing too many concurrent connections, please rate limit your calls\n"u8,
    ];

    private readonly ConnectionLimiter _limiter = new(limit);

    /// <summary>0 means no limit; a change applies to later connections.</summary>
    public int Limit
    {
        get => _limiter.Limit;
        set => _limiter.Limit = value;
    }

    /// <summary>Serves a connection when its source may have one more.</summary>
    public async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var address })
        {
            await next(connection);
            return;
        }

        if (!_limiter.TryEnter(address))
        {
            await RefuseAsync(connection);
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            _limiter.Leave(address);
        }
    }

    private static async Task RefuseAsync(ConnectionContext connection)
    {
        using var budget = new CancellationTokenSource(WriteBudget);
        try
        {
            await connection.Transport.Output.WriteAsync(Refusal, budget.Token);
        }
        catch (OperationCanceledException)
        {
            connection.Abort(new ConnectionAbortedException("no time to refuse the connection"));
        }
    }
}
