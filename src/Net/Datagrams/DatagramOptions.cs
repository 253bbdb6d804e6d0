using System.Net;

namespace Consul.Fast.Net.Datagrams;

/// <summary>How an endpoint talks to the system.</summary>
public enum DatagramMode
{
    /// <summary>The best the system offers.</summary>
    Automatic,

    /// <summary>One call of the framework per datagram; works everywhere.</summary>
    Portable,

    /// <summary>Many datagrams per call of Linux.</summary>
    Batched,
}

/// <summary>How to bind an endpoint.</summary>
public sealed record DatagramOptions
{
    /// <summary>Where to bind; port 0 lets the system choose. The IPv6 wildcard takes IPv4 too.</summary>
    public required IPEndPoint LocalEndPoint { get; init; }

    /// <summary>
    /// Bytes the system queues for the endpoint while its loop is busy; smaller sizes are tried when this one is refused.
    /// Linux silently caps it at <c>net.core.rmem_max</c>.
    /// </summary>
    public int ReceiveBufferBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>Which implementation; <see cref="DatagramMode.Batched"/> falls back too where the system has it not.</summary>
    public DatagramMode Mode { get; init; }
}
