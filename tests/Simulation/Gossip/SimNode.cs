using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Core.Serf;
using Consul.Fast.Gossip.Wire;

namespace Consul.Fast.Simulation.Tests.Gossip;

/// <summary>One member: a real core, driven as a node class would drive it, on a machine that can stop and die.</summary>
internal sealed class SimNode(SimPool pool, int index) : IGossipOutput
{
    /// <summary>Packets the machine keeps for a process that does not read.</summary>
    private const int BacklogMax = 2048;

    private readonly Queue<SimPacket> _backlog = new();
    private readonly Queue<SimPacket> _held = new();
    private PacketHead _head;
    private TimeSpan _wakeAt = TimeSpan.MaxValue;
    private List<StreamRequest>? _streams;

    public int Index => index;

    public byte[] Name { get; } = SimPool.NameOf(index);

    public GossipAddress Address { get; } = SimPool.AddressOf(index);

    public GossipCore? Core { get; private set; }

    /// <summary>Counts starts: what was begun in an earlier life is nobody's any more.</summary>
    public int Life { get; private set; }

    public bool IsPaused { get; private set; }

    /// <summary>Its packets wait, in and out, while its timers run: a process starved of everything but its clock.</summary>
    public bool IsHeld { get; private set; }

    public bool IsUp => Core is not null;

    public bool IsRunning => Core is not null && !IsPaused;

    /// <summary>It runs, reads, and is no longer on its own.</summary>
    public bool IsResponsive => IsRunning && !IsHeld && HasJoined && Core!.State == PoolState.Alive;

    /// <summary>When it was last started, stopped, or kept from reading.</summary>
    public TimeSpan DisturbedAt { get; private set; }

    /// <summary>A join of this life reached somebody.</summary>
    public bool HasJoined { get; private set; }

    /// <summary>Tags of this life.</summary>
    public byte[] Meta { get; set; } = SimPool.DefaultMeta;

    /// <summary>Clocks of the last life, as a snapshot would have kept them.</summary>
    public LamportTimes Snapshot { get; private set; }

    public GossipCore Create(LamportTimes clocks)
    {
        Life++;
        DisturbedAt = pool.Now;
        IsPaused = false;
        IsHeld = false;
        HasJoined = false;
        _wakeAt = TimeSpan.MaxValue;
        CoreSettings settings = new(
            pool.Swim, pool.Serf, Name, Address, Meta, VersionVector.Consul, SimPool.Port, pool.Random.NextUInt64(), clocks);
        return Core = new GossipCore(settings, GossipCodec.Instance, OpenPolicy.Instance, this);
    }

    public void Start(LamportTimes clocks = default)
    {
        Create(clocks);
        Step((core, now) => core.Start(now));
    }

    public void Crash()
    {
        if (Core is null) return;
        Snapshot = Core.Clocks;
        Core = null;
        Life++;
        DropBacklog();
    }

    public void Pause()
    {
        if (IsRunning) IsPaused = true;
    }

    /// <summary>Goes on where it stopped: sees either what came in, or that its timers ran out, first.</summary>
    public void Resume()
    {
        if (!IsPaused) return;
        IsPaused = false;
        DisturbedAt = pool.Now;
        if (Core is null) return;
        bool timersFirst = pool.Random.Below(2) == 0;
        if (timersFirst)
        {
            Core.Tick(pool.Now);
            pool.Observer.AfterEvent(this);
        }

        if (!IsHeld) ReadBacklog();
        Core.Tick(pool.Now);
        AfterStep();
        pool.Observer.AfterEvent(this);
    }

    public void Hold()
    {
        if (IsUp) IsHeld = true;
    }

    /// <summary>What waited goes out and comes in, one or the other first.</summary>
    public void Release()
    {
        if (!IsHeld) return;
        IsHeld = false;
        DisturbedAt = pool.Now;
        bool outFirst = pool.Random.Below(2) == 0;
        if (outFirst) SendHeld();
        if (IsRunning)
        {
            ReadBacklog();
            AfterStep();
        }

        SendHeld();
    }

    public void Step(Action<GossipCore, TimeSpan> input)
    {
        if (Core is null || IsPaused) return;
        input(Core, pool.Now);
        AfterStep();
        pool.Observer.AfterEvent(this);
    }

    public void Fail(int life, long token)
    {
        if (life == Life) Step((core, now) => core.OnPushPullFailed(now, token));
    }

    public void OnPacket(SimPacket packet)
    {
        if (Core is null)
        {
            pool.Network.Return(packet);
        }
        else if (!IsPaused && !IsHeld)
        {
            Receive(packet);
            AfterStep();
        }
        else if (_backlog.Count < BacklogMax)
        {
            _backlog.Enqueue(packet);
        }
        else
        {
            pool.Network.Return(packet);
        }
    }

    public void OnWake(TimeSpan at)
    {
        if (at != _wakeAt) return;
        _wakeAt = TimeSpan.MaxValue;
        if (Core is null || IsPaused) return;
        Core.Tick(pool.Now);
        if (Core.NextDeadline <= pool.Now) throw new InvariantException($"node {index} left work undone at {pool.Now}");
        AfterStep();
    }

    public void AfterStep()
    {
        if (_streams is { Count: > 0 })
        {
            foreach (StreamRequest request in _streams) pool.Network.Open(this, request);
            _streams.Clear();
        }

        if (Core?.NextDeadline is not { } next || next >= _wakeAt || _wakeAt == pool.Now) return;
        // A confirmation can shorten a suspicion to a time that is over.
        _wakeAt = next < pool.Now ? pool.Now : next;
        pool.Events.Add(_wakeAt, SimEventKind.Wake, index, null);
    }

    public void BeginPacket(in PacketHead head)
    {
        _head = head;
        pool.Wire.Packets.Begin();
    }

    public void Add(in Ping message) => pool.Wire.Packets.Add(message);

    public void Add(in IndirectPing message) => pool.Wire.Packets.Add(message);

    public void Add(in AckResp message) => pool.Wire.Packets.Add(message);

    public void Add(in NackResp message) => pool.Wire.Packets.Add(message);

    public void Add(in Suspect message) => pool.Wire.Packets.Add(message);

    public void Add(in Alive message) => pool.Wire.Packets.Add(message);

    public void Add(in Dead message) => pool.Wire.Packets.Add(message);

    public void AddUser(ReadOnlyMemory<byte> message) => pool.Wire.Packets.AddUser(message.Span);

    public void EndPacket()
    {
        if (!pool.Wire.Packets.TryEnd(_head.HasChecksum, out ReadOnlyMemory<byte> datagram)) throw new InvariantException($"node {index} built a packet that cannot be sent");
        SimPacket packet = pool.Network.Rent();
        packet.Sender = index;
        packet.Target = SimPool.IndexOf(_head.Target);
        packet.Fill(datagram.Span);
        if (!IsHeld) pool.Network.Send(packet);
        else _held.Enqueue(packet);
    }

    public void OpenStream(in StreamRequest request) => (_streams ??= []).Add(request);

    public void Member(in MemberNotice notice) => pool.Observer.OnMember(this, notice);

    public void UserEvent(in UserEvent message) => pool.Observer.OnUserEvent(this, message);

    public void Query(in IncomingQuery query)
    {
        QueryId id = query.Id;
        int life = Life;
        pool.After(TimeSpan.Zero, () =>
        {
            if (life == Life) Step((core, now) => core.Respond(now, id, Name));
        });
    }

    public void KeyQuery(in IncomingKeyQuery query)
    {
    }

    public void QueryAck(QueryId id, ReadOnlyMemory<byte> from)
    {
    }

    public void QueryAnswer(QueryId id, ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> payload) => pool.Observer.OnAnswer(this);

    public void QueryDone(QueryId id)
    {
    }

    public void KeysCollected(long token, KeyCollection result)
    {
    }

    public void Completed(in Completion completion)
    {
        if (completion is { Command: CommandKind.Join, Succeeded: true }) HasJoined = true;
    }

    public void Warn(in Warning warning) => pool.Observer.OnWarning(this, warning);

    public void NameConflictLost()
    {
    }

    public override string ToString() => Core is null ? $"{index}: down" : $"{index}: {Core.State}{(IsPaused ? " paused" : "")}";

    private void Receive(SimPacket packet)
    {
        pool.Wire.Deliver(Core!, pool.Now, packet);
        pool.Network.Return(packet);
    }

    private void ReadBacklog()
    {
        while (_backlog.TryDequeue(out SimPacket? waiting))
        {
            Receive(waiting);
            pool.Observer.AfterEvent(this);
        }
    }

    private void SendHeld()
    {
        while (_held.TryDequeue(out SimPacket? waiting)) pool.Network.Send(waiting);
    }

    private void DropBacklog()
    {
        while (_backlog.TryDequeue(out SimPacket? waiting)) pool.Network.Return(waiting);
        while (_held.TryDequeue(out SimPacket? waiting)) pool.Network.Return(waiting);
    }
}
