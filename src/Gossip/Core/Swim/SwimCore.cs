using Consul.Fast.Gossip.Core.Broadcasts;
using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Swim;

/// <summary>
/// Membership and failure detection: who is in the pool, and who of them answers. Rules for news about nodes stand in the
/// Alive and Accusation parts, finding failures in Probe, spreading news in Gossip, whole states in PushPull.
/// </summary>
internal sealed partial class SwimCore
{
    /// <summary>This node is the first in its own table and never leaves it.</summary>
    public const int SelfSlot = 0;

    private const byte HelperNackVersion = 4;
    private const byte StreamPingVersion = 3;
    private const byte ChecksumVersion = 5;
    private const byte RelayVersion = 5;
    private readonly CoreContext _context;
    private readonly Outbox _outbox;
    private readonly ISwimUpper _upper;
    private readonly MemberTable _members;
    private readonly SuspicionPool _suspicions = new();
    private Awareness _awareness;
    private uint _incarnation;
    private uint _seqNo;
    private bool _isLeaving;

    public SwimCore(CoreContext context, Outbox outbox, ISwimUpper upper)
    {
        _context = context;
        _outbox = outbox;
        _upper = upper;
        _members = context.Members;
        _awareness = new Awareness(context.Swim.AwarenessMax);
    }

    /// <summary>0 is healthy; see <see cref="Awareness"/>.</summary>
    public int HealthScore => _awareness.Score;

    public uint Incarnation => _incarnation;

    public bool IsLeaving => _isLeaving;

    public int SuspicionCount => _suspicions.Count;

    private GossipAddress OwnAddress => _context.Settings.Address;

    /// <summary>Makes the own record and starts the periodic work.</summary>
    public void Start()
    {
        Announce(_context.Settings.Meta, default);
        StartTimers();
    }

    /// <summary>Starts with a complete list of nodes, this one in slot 0.</summary>
    public void StartFrom(MemberTable view)
    {
        _members.TakeOver(view);
        _incarnation = _members[SelfSlot].Incarnation;
        _context.Random.Shuffle(_members.List);
        StartTimers();
    }

    /// <summary>Tells the pool new tags, under a new incarnation.</summary>
    public void Announce(ReadOnlyMemory<byte> meta, Notice notice)
    {
        _incarnation = Next(_incarnation);
        OnAlive(new Alive(_incarnation, _context.Name, OwnAddress, meta, _context.Settings.Vsn), isOwn: true, notice);
    }

    /// <summary>Declares the own departure; the notice comes when the news has been sent often enough.</summary>
    public void Leave()
    {
        _isLeaving = true;
        OnDead(new Dead(_members[SelfSlot].Incarnation, _context.Name, _context.Name));
    }

    /// <summary>True when some other node is alive or suspect.</summary>
    public bool AnyOtherAlive()
    {
        foreach (int slot in _members.List)
        {
            if (slot != SelfSlot && !_members[slot].IsDeadOrLeft) return true;
        }

        return false;
    }

    /// <summary>Nodes alive or suspect, this one included.</summary>
    public int CountAlive()
    {
        int alive = 0;
        foreach (int slot in _members.List)
        {
            if (!_members[slot].IsDeadOrLeft) alive++;
        }

        return alive;
    }

    /// <summary>Random members that can relay a response.</summary>
    public int PickHelpers(Span<int> picks) => PickRandom(picks, default(CanRelay));

    private static uint Next(uint number) => number == uint.MaxValue ? number : number + 1;

    private void StartTimers()
    {
        _probeNext = _context.Now + _context.Random.Below(_context.Swim.ProbeInterval);
        _context.Timers.Add(_probeNext, TimerKind.ProbeTick);
        if (_context.Swim.PushPullInterval <= TimeSpan.Zero) return;
        TimeSpan interval = Formulas.PushPullInterval(_context.Swim.PushPullInterval, _members.ListCount);
        _context.Timers.Add(_context.Now + _context.Random.Below(_context.Swim.PushPullInterval) + interval, TimerKind.PushPull);
    }

    /// <summary>
    /// Picks up to <paramref name="picks"/>.Length different nodes that qualify, by drawing at random up to three times the
    /// length of the list: in a small pool that finds nearly all, in a large one it costs nothing.
    /// </summary>
    private int PickRandom<TFilter>(Span<int> picks, TFilter filter)
        where TFilter : struct, INodeFilter
    {
        Span<int> list = _members.List;
        int count = 0;
        for (int i = 0; i < 3 * list.Length && count < picks.Length; i++)
        {
            int slot = list[_context.Random.Below(list.Length)];
            if (slot == SelfSlot || picks[..count].Contains(slot) || !filter.Accepts(_members[slot])) continue;
            picks[count++] = slot;
        }

        return count;
    }

    private interface INodeFilter
    {
        bool Accepts(in MemberSlot member);
    }

    private readonly struct OnlyAlive : INodeFilter
    {
        public bool Accepts(in MemberSlot member) => member.State == NodeState.Alive;
    }

    /// <summary>The version of the failure detector counts here, not that of the layer that relays.</summary>
    private readonly struct CanRelay : INodeFilter
    {
        public bool Accepts(in MemberSlot member) => member.Status == StatusByte.Alive && member.Identity.Vsn.PMax >= RelayVersion;
    }
}
