using System.Buffers;
using System.Text;
using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Coordinates;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Tests.Core.Fakes;

namespace Consul.Fast.Gossip.Tests.Core;

/// <summary>Runs alone: other tests' memory would count.</summary>
[CollectionDefinition(nameof(CostTests), DisableParallelization = true)]
public sealed class CostCollection;

[Collection(nameof(CostTests))]
public sealed class CostTests
{
    private static readonly GossipAddress Stranger = GossipAddress.IPv4(10, 1, 0, 1, 8301);

    [Fact]
    public void Packets_of_a_steady_state_allocate_nothing()
    {
        NullOutput output = new();
        GossipCore core = Pool(64, output);
        TimeSpan now = TimeSpan.FromSeconds(120);
        core.Tick(now);
        Traffic traffic = new(core, output);
        traffic.Run(ref now, 3000);
        int packets = output.Packets;
        long before = GC.GetAllocatedBytesForCurrentThread();
        traffic.Run(ref now, 40_000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(output.Packets - packets > 100_000, $"only {output.Packets - packets} packets");
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Table_of_ten_thousand_members_is_small()
    {
        const int Members = 10_000;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        NullOutput output = new();
        GossipCore core = Pool(Members, output);
        TimeSpan now = TimeSpan.Zero;
        byte[] payload = PingPayload();
        // Every member measured once, as after some hours.
        for (int i = 0; i < 3 * Members; i++)
        {
            now += TimeSpan.FromSeconds(1);
            core.Tick(now);
            core.OnAckResp(now, new AckResp(output.LastPing, payload), now);
        }

        long used = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Equal(Members, core.MemberCount);
        Assert.True(used < 15_000_000, $"{used} bytes");
        GC.KeepAlive(core);
    }

    private static byte[] PingPayload()
    {
        ArrayBufferWriter<byte> writer = new();
        PlainCodec.Instance.EncodePingPayload(CoordinateMath.Origin, writer);
        return writer.WrittenSpan.ToArray();
    }

    private static Alive Member(int index, uint incarnation) => new(
        incarnation, Encoding.ASCII.GetBytes($"some-host-name-{index}"), GossipAddress.IPv4(10, 0, (byte)(index >> 8), (byte)index, 8301),
        Encoding.ASCII.GetBytes($"acls=0,build=1.10.12:,dc=dc1,id=37803610-a734-df09-42d1-07a1b7f{index:D5},role=node,segment=,vsn=2,vsn_max=3,vsn_min=2"),
        VersionVector.Consul);

    private static GossipCore Pool(int members, NullOutput output)
    {
        CoreSettings settings = new(
            SwimOptions.ConsulLan, SerfOptions.Consul, "me"u8.ToArray(), Stranger, "role=node"u8.ToArray(), VersionVector.Consul, 8301, 1);
        GossipCore core = new(settings, PlainCodec.Instance, OpenPolicy.Instance, output);
        core.Start(TimeSpan.Zero);
        for (int i = 1; i < members; i++) core.OnAlive(TimeSpan.Zero, Member(i, 1), Stranger);
        return core;
    }

    /// <summary>What a member of a living pool gets and does, over and over: probes, probes for others, news, old news, rounds of gossip.</summary>
    private sealed class Traffic(GossipCore core, NullOutput output)
    {
        private readonly byte[] _payload = PingPayload();
        private readonly byte[] _me = "me"u8.ToArray();
        private readonly byte[] _relayed = [(byte)SerfMessageType.QueryResponse, 1, 2, 3];
        private readonly Alive[] _members = [.. Enumerable.Range(1, 63).Select(i => Member(i, 1))];
        private uint _round = 1;

        public void Run(ref TimeSpan now, int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                now += TimeSpan.FromMilliseconds(20);
                Alive member = _members[i % _members.Length];
                core.OnPing(now, new Ping(_round, _me, member.Addr, member.Node), Stranger);
                core.OnIndirectPing(now, new IndirectPing(_round, member.Addr, member.Node, true, Stranger, member.Node), Stranger);
                core.OnAckResp(now, new AckResp(output.LastPing, _payload), now);
                core.OnAlive(now, member, Stranger);
                core.OnSuspect(now, new Suspect(0, member.Node, _me));
                core.OnRelay(now, new Relay(Stranger, member.Node, _relayed));
                if (i % 50 == 0) core.OnAlive(now, member with { Incarnation = ++_round + 1 }, Stranger);
                core.Tick(now);
                core.OnAckResp(now, new AckResp(output.LastPing, _payload), now);
            }
        }
    }
}
