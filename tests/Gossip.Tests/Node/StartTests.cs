using System.Net;
using System.Net.Sockets;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Transport;
using Consul.Fast.Gossip.Wire.Packets;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Net.Datagrams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Gossip.Tests.Node;

public sealed class StartTests
{
    /// <summary>A restarted node has packets in its socket before it is a member of its own pool.</summary>
    [Fact]
    public async Task Node_that_speaks_first_is_not_taken_for_this_one()
    {
        GossipNodeOptions options = NodeBed.Options("self");
        using IDatagramEndpoint endpoint = DatagramEndpoint.Bind(new DatagramOptions { LocalEndPoint = options.Bind }, NullLogger.Instance);
        using Socket peer = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        peer.SendTo(News("other", (IPEndPoint)peer.LocalEndPoint!), endpoint.LocalEndPoint);
        CoreSettings settings = new(
            options.Swim, options.Serf, "self"u8.ToArray(), AddressForms.From(endpoint.LocalEndPoint), [], VersionVector.Consul,
            (ushort)endpoint.LocalEndPoint.Port, Seed: 1);
        await using NodeLoop loop = new(options, settings, endpoint, snapshot: null, NullLogger.Instance);
        await NodeBed.InTime(Task.Run(async () =>
        {
            await loop.StartAsync();
            return true;
        }), "start");
        await NodeBed.TrueAsync(() => loop.Members.Count == 2, "two members");
        Assert.Equal(["other", "self"], loop.Members.Keys.Order(StringComparer.Ordinal));
    }

    private static byte[] News(string name, IPEndPoint address)
    {
        PacketWriter writer = new(new WireSettings(), cipher: null);
        writer.Begin();
        writer.Add(new Alive(7, System.Text.Encoding.UTF8.GetBytes(name), AddressForms.From(address), default, VersionVector.Consul));
        Assert.True(writer.TryEnd(checksum: true, out ReadOnlyMemory<byte> packet));
        return packet.ToArray();
    }
}
