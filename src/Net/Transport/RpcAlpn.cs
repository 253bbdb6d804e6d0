using System.Net.Security;

namespace Consul.Fast.Net.Transport;

/// <summary>Names that take the place of the mode byte when a connection starts with TLS at once.</summary>
internal static class RpcAlpn
{
    /// <summary>Every name a server offers, refused ones included.</summary>
    public static readonly List<SslApplicationProtocol> Offered =
    [
        new("consul/rpc-single"), new("consul/raft"), new("consul/rpc-multi"), new("consul/rpc-snapshot"),
        new("consul/rpc-gossip"), new("consul/rpc-grpc"), new("consul/wan-gossip/packet"), new("consul/wan-gossip/stream"),
    ];

    /// <summary>False for names without a mode: none, unknown, and those of gossip between datacenters.</summary>
    public static bool TryGetMode(string? name, out ProtocolMode mode)
    {
        mode = name switch
        {
            "consul/rpc-single" => ProtocolMode.Rpc,
            "consul/raft" => ProtocolMode.Raft,
            "consul/rpc-multi" => ProtocolMode.Multiplexed,
            "consul/rpc-snapshot" => ProtocolMode.Snapshot,
            "consul/rpc-gossip" => ProtocolMode.Gossip,
            "consul/rpc-grpc" => ProtocolMode.Grpc,
            _ => ProtocolMode.OldMultiplexer,
        };
        return mode != ProtocolMode.OldMultiplexer;
    }
}
