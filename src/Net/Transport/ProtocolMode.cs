namespace Consul.Fast.Net.Transport;

/// <summary>The first byte of a connection to a server's RPC port: what the rest of the connection speaks.</summary>
public enum ProtocolMode : byte
{
    /// <summary>Requests and responses directly on the connection.</summary>
    Rpc = 0,

    Raft = 1,

    /// <summary>Retired; always refused.</summary>
    OldMultiplexer = 2,

    /// <summary>A TLS handshake follows, then another mode byte inside.</summary>
    Tls = 3,

    /// <summary>A yamux session whose streams carry requests and responses.</summary>
    Multiplexed = 4,

    Snapshot = 5,

    /// <summary>Gossip over the RPC port; always refused.</summary>
    Gossip = 6,

    /// <summary>TLS without a client certificate, then requests of a reduced set of services; no mode byte inside.</summary>
    TlsInsecure = 7,

    Grpc = 8,
}
