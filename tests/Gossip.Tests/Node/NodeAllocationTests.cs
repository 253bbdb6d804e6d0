using System.Net;
using System.Net.Sockets;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Transport;
using Consul.Fast.Gossip.Wire.Packets;
using Xunit.Abstractions;

namespace Consul.Fast.Gossip.Tests.Node;

/// <summary>A node that is pinged takes no memory for it.</summary>
[Collection(nameof(NodeAllocationTests))]
[CollectionDefinition(nameof(NodeAllocationTests), DisableParallelization = true)]
public sealed class NodeAllocationTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const int WarmUp = 5_000;
    private const int Packets = 50_000;
    private readonly NodeBed _bed = new(output);

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    [Fact]
    public async Task Pings_between_sockets_allocate_nothing()
    {
        GossipNode node = await _bed.StartAsync(NodeBed.Options("a"));
        PacketWriter writer = new(new(), null);
        writer.Begin();
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        GossipAddress own = AddressForms.From((IPEndPoint)socket.LocalEndPoint!);
        writer.Add(new Ping(7, "a"u8.ToArray(), own, "x"u8.ToArray()));
        Assert.True(writer.TryEnd(checksum: true, out ReadOnlyMemory<byte> ping));
        await socket.ConnectAsync(node.Bound);
        Exchange(socket, ping.Span, WarmUp);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Exchange(socket, ping.Span, Packets);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < Packets, $"{allocated} bytes for {Packets} pings");
    }

    private static void Exchange(Socket socket, ReadOnlySpan<byte> ping, int count)
    {
        Span<byte> answer = stackalloc byte[2048];
        for (int i = 0; i < count; i++)
        {
            socket.Send(ping);
            Assert.True(socket.Receive(answer) > 0);
        }
    }
}
