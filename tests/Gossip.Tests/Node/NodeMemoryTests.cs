using System.Net.Sockets;
using System.Text;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Streams;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace Consul.Fast.Gossip.Tests.Node;

/// <summary>What a large pool costs a node: the table of its core and the members that readers see.</summary>
[Collection(nameof(NodeAllocationTests))]
public sealed class NodeMemoryTests(ITestOutputHelper output)
{
    private const int Members = 10_000;
    private const long BytesMax = 15_000_000;
    [Fact]
    public async Task Ten_thousand_members_fit_into_fifteen_megabytes()
    {
        // What a log keeps is not the node's.
        await using GossipNode node = await GossipNode.StartAsync(NodeBed.Options("a") with { EventsMax = 16 }, NullLogger.Instance);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await SendStateAsync(node);
        await NodeBed.TrueAsync(() => node.Members.Count == Members + 1, "all members");
        Assert.Equal(Members + 1, node.Members.Select(static member => member.Name).Distinct().Count());
        long used = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine($"{used} bytes for {Members} members");
        Assert.True(used < BytesMax, $"{used} bytes");
    }

    /// <summary>Exchanges states as a node of the pool does.</summary>
    private static async Task SendStateAsync(GossipNode node)
    {
        WireSettings wire = new();
        PushNodeState[] nodes = [.. Enumerable.Range(0, Members).Select(StateOf)];
        StreamMessageWriter writer = new(wire, null);
        PushPullState state = new(IsJoin: true, nodes, HasUserState: false, default);
        using TcpClient client = new();
        await client.ConnectAsync(node.Bound);
        await client.GetStream().WriteAsync(writer.Write(state, isReply: false));
        byte[] reply = new byte[64 * 1024];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await client.GetStream().ReadAsync(reply, limit.Token) > 0)
        {
            // The node closes after its state.
        }
    }

    private static PushNodeState StateOf(int index)
    {
        KeyValuePair<string, string>[] tags =
        [
            new("acls", "0"), new("build", "1.10.12:"), new("dc", "dc1"), new("id", $"37803610-a734-df09-42d1-07a1b7f{index:D5}"),
            new("role", "node"), new("segment", ""), new("vsn", "2"), new("vsn_max", "3"), new("vsn_min", "2"),
        ];
        Assert.True(TagCodec.TryEncode(tags, out byte[] meta));
        GossipAddress address = GossipAddress.IPv4(10, 0, (byte)(index >> 8), (byte)index, 8301);
        return new PushNodeState(Encoding.UTF8.GetBytes($"some-host-name-{index}"), address, meta, 1, NodeState.Alive, VersionVector.Consul);
    }
}
