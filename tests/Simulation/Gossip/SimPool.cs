using System.Globalization;
using System.Text;
using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Wire;

namespace Consul.Fast.Simulation.Tests.Gossip;

/// <summary>A whole gossip pool in one thread and in virtual time, everything decided by one seed.</summary>
internal sealed class SimPool
{
    public const ushort Port = 8301;

    /// <summary>About as much as a Consul agent tells of itself.</summary>
    public static readonly byte[] DefaultMeta = MetaOf(
        ("acls", "0"), ("build", "1.10.12:"), ("dc", "dc1"), ("id", "37803610-a734-df09-42d1-07a1b7f189fb"), ("role", "node"),
        ("segment", ""), ("vsn", "2"), ("vsn_max", "3"), ("vsn_min", "2"));

    private readonly PushPullBuffer _mine = new();
    private readonly PushPullBuffer _theirs = new();

    public SimPool(ulong seed, int count, SwimOptions swim, SerfOptions serf, ISimObserver observer)
    {
        Random = new SeededRandom(seed);
        Swim = swim;
        Serf = serf;
        Observer = observer;
        Network = new SimNetwork(this);
        Nodes = new SimNode[count];
        for (int i = 0; i < count; i++) Nodes[i] = new SimNode(this, i);
    }

    public SeededRandom Random { get; }

    public SwimOptions Swim { get; }

    public SerfOptions Serf { get; }

    public ISimObserver Observer { get; }

    public SimNetwork Network { get; }

    public SimNode[] Nodes { get; }

    public SimWire Wire { get; } = new();

    public SimEvents Events { get; } = new();

    public TimeSpan Now { get; private set; }

    public long EventsRun { get; private set; }

    /// <summary>When something was last done that makes members doubt each other for no fault of theirs.</summary>
    public TimeSpan DisturbedAt { get; private set; }

    public void Disturb() => DisturbedAt = Now;

    public static byte[] NameOf(int index) => Encoding.ASCII.GetBytes("node-" + index.ToString("D5", CultureInfo.InvariantCulture));

    public static byte[] MetaOf(params (string Name, string Value)[] tags) =>
        TagCodec.TryEncode([.. tags.Select(tag => KeyValuePair.Create(tag.Name, tag.Value))], out byte[] meta)
            ? meta
            : throw new ArgumentException("too many tags", nameof(tags));

    public static GossipAddress AddressOf(int index) =>
        GossipAddress.IPv4(10, (byte)(index >> 16), (byte)(index >> 8), (byte)index, Port);

    public static int IndexOf(GossipAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.CopyTo(bytes);
        return (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];
    }

    public void After(TimeSpan delay, Action action) => Events.Add(Now + delay, SimEventKind.Action, -1, action);

    public SimNode Pick() => Nodes[Random.Below(Nodes.Length)];

    public void RunFor(TimeSpan duration)
    {
        TimeSpan until = Now + duration;
        while (Events.TryTake(until, out SimEvent next))
        {
            Now = next.At;
            EventsRun++;
            SimNode? node = null;
            switch (next.Kind)
            {
                case SimEventKind.Packet:
                    node = Nodes[next.Node];
                    node.OnPacket((SimPacket)next.Item!);
                    break;
                case SimEventKind.Wake:
                    node = Nodes[next.Node];
                    node.OnWake(next.At);
                    break;
                default:
                    ((Action)next.Item!)();
                    break;
            }

            Observer.AfterEvent(node);
        }

        Now = until;
    }

    /// <summary>Starts everybody as members of a complete pool: each table is a copy of one, with its owner in front.</summary>
    public void StartComplete()
    {
        NodeIdentity[] identities = [.. Nodes.Select(node => NodeIdentity.Of(
            new Alive(1, node.Name, node.Address, DefaultMeta, VersionVector.Consul)))];
        SeededRandom order = new(1);
        foreach (SimNode node in Nodes)
        {
            // The owner must be in slot 0, so each table is filled in an order of its own; the entries are shared.
            MemberTable view = new();
            view.Reserve(Nodes.Length);
            AddMember(view, identities[node.Index], order);
            foreach (NodeIdentity identity in identities)
            {
                if (identity != identities[node.Index]) AddMember(view, identity, order);
            }

            node.Create(default).StartFrom(Now, view);
            node.AfterStep();
        }
    }

    /// <summary>One whole state exchange between two running nodes.</summary>
    public void Exchange(SimNode opener, SimNode target, in StreamRequest request)
    {
        long token = request.Token;
        PushPullState mine = opener.Core!.LocalState(_mine, request.IsJoin);
        PushPullState theirs = target.Core!.LocalState(_theirs, request.IsJoin);
        Network.CountStream(Wire.Exchange(ref mine, ref theirs));
        target.Step((core, now) => core.OnPushPullRequest(now, mine));
        opener.Step((core, now) => core.OnPushPullReply(now, token, theirs));
    }

    /// <summary>Bytes of a state exchange between two running nodes, which does not take place.</summary>
    public long SizeOfExchange(SimNode opener, SimNode target)
    {
        PushPullState mine = opener.Core!.LocalState(_mine, isJoin: false);
        PushPullState theirs = target.Core!.LocalState(_theirs, isJoin: false);
        return Wire.Exchange(ref mine, ref theirs);
    }

    private static void AddMember(MemberTable view, NodeIdentity identity, SeededRandom order)
    {
        int slot = view.Add(identity);
        ref MemberSlot member = ref view[slot];
        member.State = NodeState.Alive;
        member.Status = StatusByte.Alive;
        member.Incarnation = 1;
        view.Enlist(slot, order);
    }
}
