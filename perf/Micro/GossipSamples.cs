using System.Buffers;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire;

namespace Consul.Fast.Perf.Micro;

/// <summary>What real nodes tell about themselves.</summary>
internal static class GossipSamples
{
    /// <summary>Metadata of a Consul server.</summary>
    public static byte[] ServerMeta()
    {
        TagCodec.TryEncode(
            [
                new("ft_fs", "1"), new("ft_si", "1"), new("role", "consul"), new("segment", ""),
                new("id", "819f607b-4961-4a40-869c-a39837d37bdd"), new("vsn_max", "3"), new("dc", "dc1"), new("vsn", "2"),
                new("port", "8300"), new("raft_vsn", "3"), new("acls", "0"), new("wan_join_port", "8302"), new("vsn_min", "2"),
                new("build", "1.10.12:"),
            ],
            out byte[] meta);
        return meta;
    }

    /// <summary>Payload of an acknowledgement: a coordinate that has settled.</summary>
    public static byte[] PingPayload()
    {
        Coordinate coordinate = new() { Error = 0.37, Adjustment = 4.2e-05, Height = 2.3e-05 };
        for (int i = 0; i < Coordinate.Dimensions; i++) coordinate.Vec[i] = 1.0 / ((i + 3) * 7919);
        ArrayBufferWriter<byte> output = new();
        SerfEncoder.EncodePingPayload(coordinate, output);
        return output.WrittenSpan.ToArray();
    }
}
