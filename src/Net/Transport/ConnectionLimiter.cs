using System.Collections.Concurrent;
using System.Net;

namespace Consul.Fast.Net.Transport;

/// <summary>Counts the open connections of each source address and bounds them. Thread safe.</summary>
/// <param name="limit">Connections of one address; 0 means no limit.</param>
public sealed class ConnectionLimiter(int limit)
{
    private readonly ConcurrentDictionary<IPAddress, int> _open = new();
    private volatile int _limit = limit;

    /// <summary>0 means no limit. A change applies to later connections; open ones stay.</summary>
    public int Limit
    {
        get => _limit;
        set => _limit = value;
    }

    /// <summary>Source addresses with open connections.</summary>
    public int Sources => _open.Count;

    /// <summary>
    /// Counts one more connection and returns true, or returns false when its source has as many as it may. Every success
    /// is followed by one <see cref="Leave"/>.
    /// </summary>
    public bool TryEnter(IPAddress source)
    {
        int limit = _limit;
        int open = _open.AddOrUpdate(Plain(source), 1, static (_, count) => count + 1);
        if (limit <= 0 || open <= limit) return true;
        Leave(source);
        return false;
    }

    public void Leave(IPAddress source)
    {
        source = Plain(source);
        int open = _open.AddOrUpdate(source, 0, static (_, count) => count - 1);
        if (open == 0) _open.TryRemove(KeyValuePair.Create(source, 0));
    }

    /// <summary>A listener for both families reports IPv4 peers in IPv6 form; they are the same source.</summary>
    private static IPAddress Plain(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
