using Consul.Fast.Gossip.Core.Broadcasts;
using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Core.Serf;
using Consul.Fast.Gossip.Core.Swim;

namespace Consul.Fast.Gossip.Core;

/// <summary>
/// One member of a gossip pool as a pure state machine: inputs are the methods that take the present monotonic time, effects
/// are pushed into an <see cref="IGossipOutput"/> while an input runs. Not thread safe; deterministic for a seed.
/// </summary>
/// <remarks>
/// <para>The driver, one loop:</para>
/// <list type="number">
/// <item>calls <see cref="Start"/> once;</item>
/// <item>decodes each datagram and stream message and calls the input of its type, acks first; user messages by their Serf
/// type, with the raw bytes beside the decoded ones, because news is passed on byte for byte;</item>
/// <item>calls <see cref="Tick"/> when <see cref="NextDeadline"/> has come; calling it early or late is harmless;</item>
/// <item>carries out what was pushed, in the order of <see cref="Urgency"/> when there is more than can be sent.</item>
/// </list>
/// <para>Memory passed to an input is borrowed for the call.</para>
/// </remarks>
internal sealed partial class GossipCore
{
    private readonly CoreContext _context;
    private readonly Outbox _outbox;
    private readonly SwimCore _swim;
    private readonly SerfCore _serf;

    public GossipCore(CoreSettings settings, IGossipCodec codec, IPoolPolicy policy, IGossipOutput output)
    {
        settings.Swim.Validate();
        settings.Serf.Validate();
        _context = new CoreContext(settings, codec, policy, output);
        _outbox = new Outbox(_context);
        _serf = new SerfCore(_context, _outbox);
        _swim = new SwimCore(_context, _outbox, _serf);
        _serf.Swim = _swim;
    }

    /// <summary>When <see cref="Tick"/> has something to do; null before the start.</summary>
    public TimeSpan? NextDeadline => _context.Timers.Next;

    /// <summary>Bytes the driver adds to a datagram: label, and encryption when outgoing packets are encrypted.</summary>
    public int PacketOverhead
    {
        get => _outbox.PacketOverhead;
        set => _outbox.PacketOverhead = value;
    }

    public PoolState State => _serf.State;

    /// <summary>Own doubt in the own health; 0 is well.</summary>
    public int HealthScore => _swim.HealthScore;

    public uint Incarnation => _swim.Incarnation;

    /// <summary>Last Lamport times seen, for the snapshot.</summary>
    public LamportTimes Clocks => _serf.Clocks;

    /// <summary>Members of any status.</summary>
    public int MemberCount => _outbox.MemberCount;

    public int FailedCount => _serf.FailedCount;

    public int LeftCount => _serf.LeftCount;

    public int SuspicionCount => _swim.SuspicionCount;

    public (int Membership, int Intents, int Queries, int Events) QueueLengths =>
        (_outbox.Membership.Count, _outbox.Intents.Count, _outbox.Queries.Count, _outbox.Events.Count);

    /// <summary>Own place in the network.</summary>
    public ref readonly Coordinate OwnCoordinate => ref _serf.Vivaldi.Own;

    public int CoordinateResets => _serf.Vivaldi.Resets;

    /// <summary>The node table, for reading.</summary>
    public MemberTable Members => _context.Members;

    /// <summary>Slots up to this number may hold members; see <see cref="TryGetMember"/>.</summary>
    public int MemberSlots => _context.Members.End;

    /// <summary>The member in a slot; false when there is none.</summary>
    public bool TryGetMember(int slot, out MemberView member)
    {
        bool isMember = _context.Members.IsUsed(slot) && _context.Members[slot].Status != StatusByte.None;
        member = isMember ? _serf.View(slot) : default;
        return isMember;
    }

    /// <summary>Slot of a member; negative when there is none of this name.</summary>
    public int FindMember(ReadOnlySpan<byte> name)
    {
        int slot = _context.Members.Find(name);
        return slot != MemberSlot.None && _context.Members[slot].Status != StatusByte.None ? slot : MemberSlot.None;
    }

    /// <summary>Last known coordinate of a member; false when it was never measured.</summary>
    public bool TryGetCoordinate(int slot, out Coordinate coordinate) => _serf.TryGetCoordinate(slot, out coordinate);

    public void Start(TimeSpan now)
    {
        _context.Now = now;
        _swim.Start();
        _serf.Start();
        Finish();
    }

    /// <summary>
    /// Starts as a member of a pool that is already complete: <paramref name="view"/>, which is emptied, holds everybody, this node
    /// in slot 0.
    /// Large simulations begin with it, for joining thousands one by one takes longer than what is to be seen.
    /// </summary>
    public void StartFrom(TimeSpan now, MemberTable view)
    {
        _context.Now = now;
        _swim.StartFrom(view);
        _serf.AdoptMembers();
        _serf.Start();
    }

    /// <summary>Does what has become due.</summary>
    public void Tick(TimeSpan now)
    {
        Enter(now);
        while (_context.Timers.TryTake(_context.Now, out TimerKind kind, out int argument)) Run(kind, argument);
        Finish();
    }

    private void Run(TimerKind kind, int argument)
    {
        switch (kind)
        {
            case TimerKind.ProbeStage:
                _swim.OnProbeStage();
                break;
            case TimerKind.RelayedPing:
                _swim.OnRelayedPingTimeout();
                break;
            case TimerKind.Suspicion:
                _swim.OnSuspicionTimeout(argument);
                break;
            case TimerKind.ProbeTick:
                _swim.OnProbeTick();
                break;
            case TimerKind.GossipTick:
                _swim.OnGossipTick();
                break;
            case TimerKind.PushPull:
                _swim.OnPushPullTick();
                break;
            case TimerKind.Broadcast:
                _serf.OnWaitTimeout();
                break;
            case TimerKind.Query:
                _serf.OnQueryTimeout();
                break;
            case TimerKind.Reap:
                _serf.OnReapTick();
                break;
            case TimerKind.Reconnect:
                _serf.OnReconnectTick();
                break;
            case TimerKind.QueueCheck:
                _serf.OnQueueCheck();
                break;
            case TimerKind.Prune:
                _serf.OnPruneTimeout();
                break;
        }
    }

    private void Enter(TimeSpan now)
    {
        if (now > _context.Now) _context.Now = now;
    }

    /// <summary>Tells the senders of finished broadcasts; what they do next may finish others.</summary>
    private void Finish()
    {
        while (_outbox.TryTakeNotice(out Notice notice)) _serf.OnNotice(notice);
    }
}
