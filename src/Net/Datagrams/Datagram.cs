namespace Consul.Fast.Net.Datagrams;

/// <summary>What became of a datagram handed to an endpoint.</summary>
public enum DatagramStatus
{
    /// <summary>Not tried.</summary>
    None,

    /// <summary>The system took it; like every datagram it may still be lost.</summary>
    Sent,

    /// <summary>Longer than the protocol or the interface carries. Sending it again cannot help.</summary>
    TooLong,

    /// <summary>No route, or an IPv6 address on an IPv4 socket.</summary>
    Unreachable,

    /// <summary>The socket's send buffer is full. Only single sends say so; batches wait.</summary>
    WouldBlock,

    /// <summary>Refused for another reason: port 0, a filter rule, no memory.</summary>
    Failed,

    /// <summary>The endpoint was closed.</summary>
    Closed,
}

/// <summary>One datagram of a <see cref="DatagramBatch"/>, without its bytes.</summary>
public struct Datagram
{
    /// <summary>The sender of a received datagram, the target of one to send.</summary>
    public PeerAddress Address { get; internal set; }

    /// <summary>Bytes in the slot.</summary>
    public int Length { get; internal set; }

    /// <summary>Whether the received datagram was longer than the slot: its end is lost.</summary>
    public bool IsTruncated { get; internal set; }

    /// <summary>The fate of a datagram to send.</summary>
    public DatagramStatus Status { get; internal set; }
}
