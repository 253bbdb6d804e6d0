using System.Net;
using System.Net.Sockets;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Transport;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Packets;
using Consul.Fast.Gossip.Wire.Security;
using Xunit.Abstractions;

namespace Consul.Fast.Gossip.Tests.Node;

/// <summary>Three nodes over real sockets: they probe each other all the time while a client has them answer, relay and hear old news.</summary>
[Collection(nameof(NodeAllocationTests))]
[CollectionDefinition(nameof(NodeAllocationTests), DisableParallelization = true)]
public sealed class NodeAllocationTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const int WarmUpRounds = 3_000;
    private const int Rounds = 20_000;
    private const int PacketsMin = 100_000;

    /// <summary>Less than a byte for each packet, in the best of some runs: the run time itself allocates now and then.</summary>
    private const long NoiseMax = PacketsMin / 10;

    private readonly NodeBed _bed = new(output);

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Packets_between_sockets_cost_no_allocation(bool encrypted)
    {
        GossipKey key = GossipKey.Generate();
        GossipNode[] nodes = await _bed.PoolAsync(3, encrypted ? () => new Keyring(key) : null, static options => options with
        {
            // Probes wait long enough for a loaded machine: accusations are news, and news is kept.
            Swim = options.Swim with { ProbeInterval = TimeSpan.FromMilliseconds(100), ProbeTimeout = TimeSpan.FromMilliseconds(100) },
        });
        WireSettings wire = new() { Keyring = encrypted ? new Keyring(key) : null };
        using GossipCipher? cipher = encrypted ? new GossipCipher(wire.Keyring!) : null;
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Connect(nodes[0].Bound);
        byte[] ping = Encode(new PacketWriter(wire, cipher), (IPEndPoint)socket.LocalEndPoint!, nodes[1]);
        Exchange(socket, ping, WarmUpRounds);
        long least = long.MaxValue;
        for (int run = 0; run < 4 && least > NoiseMax; run++)
        {
            long packets = PacketsOf(nodes);
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Exchange(socket, ping, Rounds);
            long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            packets = PacketsOf(nodes) - packets;
            output.WriteLine($"{allocated} bytes, {packets} packets");
            Assert.True(packets >= PacketsMin, $"{packets} packets only");
            least = Math.Min(least, allocated);
        }

        Assert.True(least <= NoiseMax, $"{least} bytes");
    }

    /// <summary>Packets that came in at the nodes, and packets they sent to the client.</summary>
    private static long PacketsOf(GossipNode[] nodes) => nodes.Sum(static node => node.PacketCounts.Received) + nodes.Sum(static node => node.PacketsSent);

    /// <summary>A ping, a request to ping another node, and news that the node knows.</summary>
    private static byte[] Encode(PacketWriter writer, IPEndPoint own, GossipNode other)
    {
        GossipAddress from = AddressForms.From(own), target = AddressForms.From(other.Advertised);
        byte[] client = "client"u8.ToArray(), name = "b"u8.ToArray();
        writer.Begin();
        writer.Add(new Ping(7, "a"u8.ToArray(), from, client));
        writer.Add(new IndirectPing(8, target, name, Nack: true, from, client));
        writer.Add(new Suspect(0, name, client));
        writer.Add(new Alive(1, name, target, default, VersionVector.Consul));
        Assert.True(writer.TryEnd(checksum: true, out ReadOnlyMemory<byte> packet));
        return packet.ToArray();
    }

    private static void Exchange(Socket socket, byte[] packet, int rounds)
    {
        Span<byte> answer = stackalloc byte[2048];
        for (int i = 0; i < rounds; i++)
        {
            socket.Send(packet);
            Assert.True(socket.Receive(answer) > 0, "own acknowledgement");
            Assert.True(socket.Receive(answer) > 0, "relayed acknowledgement");
        }
    }
}
