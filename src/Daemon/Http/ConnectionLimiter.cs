using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Consul.Fast.Daemon.Http;

/// <summary>
/// Bounds the connections from one source address. One above the bound gets a fixed reply at once and is closed; clients
/// on Unix sockets are not counted. Thread safe.
/// </summary>
internal sealed class ConnectionLimiter(int limit)
{
    private static readonly TimeSpan WriteBudget = TimeSpan.FromMilliseconds(10);

    private static readonly byte[] Refusal =
    [
        .. "HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\nContent-Length: 81\r\nConnection: close\r\n\r\n"u8,
        .. "Your IP is issuing too many concurrent connections, please rate limit your calls\n"u8,
    ];

    private readonly ConcurrentDictionary<IPAddress, int> _open = new();
    private volatile int _limit = limit;

    /// <summary>0 means no limit; a change applies to later connections.</summary>
    public int Limit
    {
        get => _limit;
        set => _limit = value;
    }

    /// <summary>Source addresses with open connections.</summary>
    public int Sources => _open.Count;

    /// <summary>Serves a connection when its source may have one more.</summary>
    public async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var address })
        {
            await next(connection);
            return;
        }

        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (!TryEnter(address))
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
            Leave(address);
        }
    }

    private bool TryEnter(IPAddress address)
    {
        int limit = _limit;
        int open = _open.AddOrUpdate(address, 1, static (_, count) => count + 1);
        if (limit <= 0 || open <= limit) return true;
        Leave(address);
        return false;
    }

    private void Leave(IPAddress address)
    {
        int open = _open.AddOrUpdate(address, 0, static (_, count) => count - 1);
        if (open == 0) _open.TryRemove(KeyValuePair.Create(address, 0));
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
