using Consul.Fast.Gossip.Core;

namespace Consul.Fast.Simulation.Tests.Gossip;

/// <summary>Carries packets and streams between the nodes: loses, delays, duplicates, reorders, and cuts single directions.</summary>
internal sealed class SimNetwork(SimPool pool)
{
    /// <summary>Stream exchanges take a few round trips.</summary>
    private const int StreamTrips = 4;

    private static readonly TimeSpan StreamTimeout = TimeSpan.FromSeconds(10);
    private readonly Stack<SimPacket> _free = new();
    private HashSet<(int From, int To)>? _cut;

    public TimeSpan DelayMin { get; set; } = TimeSpan.FromMilliseconds(0.2);

    /// <summary>Each packet takes a random time up to this, so packets overtake each other.</summary>
    public TimeSpan DelayMax { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Chances in a thousand.</summary>
    public int LossPerMille { get; set; }

    public int DuplicatePerMille { get; set; }

    /// <summary>Packets that take a quarter of a second more.</summary>
    public int SlowPerMille { get; set; }

    public long PacketsSent { get; private set; }

    /// <summary>Payload of the datagrams.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Payload of the streams, both ways.</summary>
    public long StreamBytes { get; private set; }

    public void CountStream(long bytes) => StreamBytes += bytes;

    public void Heal()
    {
        (LossPerMille, DuplicatePerMille, SlowPerMille) = (0, 0, 0);
        Uncut();
    }

    public void Cut(int from, int to)
    {
        (_cut ??= []).Add((from, to));
        pool.Disturb();
    }

    public void Uncut()
    {
        if (_cut is null) return;
        _cut = null;
        pool.Disturb();
    }

    public SimPacket Rent() => _free.TryPop(out SimPacket? packet) ? packet : new SimPacket();

    /// <summary>Gives back a packet, or one copy of it.</summary>
    public void Return(SimPacket packet)
    {
        if (--packet.Copies > 0) return;
        _free.Push(packet);
    }

    public void Send(SimPacket packet)
    {
        PacketsSent++;
        BytesSent += packet.Length;
        int copies = Chance(DuplicatePerMille) ? 2 : 1;
        packet.Copies = copies;
        for (int i = 0; i < copies; i++)
        {
            if (Chance(LossPerMille) || !IsOpen(packet.Sender, packet.Target)) Return(packet);
            else pool.Events.Add(pool.Now + Delay(), SimEventKind.Packet, packet.Target, packet);
        }
    }

    public void Open(SimNode opener, in StreamRequest request)
    {
        int target = SimPool.IndexOf(request.Target);
        int life = opener.Life;
        StreamRequest kept = request;
        TimeSpan delay = TimeSpan.Zero;
        for (int i = 0; i < StreamTrips; i++) delay += Delay();
        if (kept.Kind == StreamKind.Ping)
        {
            uint seqNo = kept.Ping.SeqNo;
            long bytes = pool.Wire.SizeOf(kept.Ping);
            pool.After(delay, () =>
            {
                if (opener.Life != life || !IsConnected(opener.Index, target)) return;
                CountStream(bytes);
                opener.Step((core, now) => core.OnStreamPingAnswered(now, seqNo));
            });
            return;
        }

        pool.After(delay, () =>
        {
            if (opener.Life != life) return;
            if (IsConnected(opener.Index, target)) pool.Exchange(opener, pool.Nodes[target], kept);
            else pool.After(StreamTimeout, () => opener.Fail(life, kept.Token));
        });
    }

    private bool IsConnected(int a, int b) =>
        b < pool.Nodes.Length && Answers(a) && Answers(b) && IsOpen(a, b) && IsOpen(b, a);

    private bool Answers(int node) => pool.Nodes[node] is { IsRunning: true, IsHeld: false };

    private bool IsOpen(int from, int to) => _cut is null || !_cut.Contains((from, to));

    private bool Chance(int perMille) => perMille > 0 && pool.Random.Below(1000) < perMille;

    private TimeSpan Delay()
    {
        TimeSpan delay = DelayMin + pool.Random.Below(DelayMax - DelayMin);
        return Chance(SlowPerMille) ? delay + TimeSpan.FromMilliseconds(250) : delay;
    }
}
