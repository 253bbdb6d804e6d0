using Consul.Fast.Gossip.Core.Broadcasts;
using Consul.Fast.Gossip.Core.Coordinates;
using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Swim;
using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Gossip.Core.Serf;

/// <summary>Where a node is between start and departure.</summary>
internal enum PoolState : byte
{
    Alive,
    Leaving,
    Left,
}

/// <summary>
/// The layer above the failure detector: why members went (Intents), what is told to everybody (Events), asked of everybody
/// (Queries, OwnQueries, Keys, Conflict), and the work of time (Upkeep). Members that failed or left stay known here for days.
/// </summary>
internal sealed partial class SerfCore : ISwimUpper
{
    private readonly CoreContext _context;
    private readonly Outbox _outbox;
    private readonly MemberTable _members;
    private readonly VivaldiClient _vivaldi;
    private readonly PeerCoordinates _places = new();
    private readonly IntentBuffer _intents = new();
    private readonly List<int> _failed = [];
    private readonly List<int> _left = [];
    private readonly EventBuffer _events;
    private readonly QueryBuffer _queries;
    private LamportClock _clock = new();
    private LamportClock _eventClock = new();
    private LamportClock _queryClock = new();
    private ulong _eventMinTime;
    private ulong _queryMinTime;
    private byte[] _ackPayload = [];
    private int _ackPayloadLength;

    public SerfCore(CoreContext context, Outbox outbox)
    {
        _context = context;
        _outbox = outbox;
        _members = context.Members;
        _vivaldi = new VivaldiClient(context.Random);
        _events = new EventBuffer(context.Serf.EventBuffer);
        _queries = new QueryBuffer(context.Serf.QueryBuffer);
        Restore(context.Settings.Clocks);
        EncodeOwnCoordinate();
    }

    public SwimCore Swim { get; set; } = null!;

    public PoolState State { get; private set; }

    /// <summary>The clocks as a snapshot keeps them: last times, not next ones.</summary>
    public Options.LamportTimes Clocks => new(_clock.Time - 1, _eventClock.Time - 1, _queryClock.Time - 1);

    public int FailedCount => _failed.Count;

    public int LeftCount => _left.Count;

    public int IntentCount => _intents.Count;

    public VivaldiClient Vivaldi => _vivaldi;

    public ReadOnlyMemory<byte> AckPayload => _ackPayload.AsMemory(0, _ackPayloadLength);

    public void Start()
    {
        // Nobody else's phase is known, so no phase of the own is needed for work that is not seen outside.
        _context.Timers.Add(_context.Now + _context.Serf.ReapInterval, TimerKind.Reap);
        _context.Timers.Add(_context.Now + _context.Serf.ReconnectInterval, TimerKind.Reconnect);
        _context.Timers.Add(_context.Now + _context.Serf.QueueCheckInterval, TimerKind.QueueCheck);
    }

    /// <summary>Counts the members of a table that was taken over whole.</summary>
    public void AdoptMembers()
    {
        for (int slot = 0; slot < _members.End; slot++)
        {
            if (!_members.IsUsed(slot)) continue;
            StatusByte status = _members[slot].Status;
            if (status != StatusByte.None) _outbox.MemberCount++;
            if (status == StatusByte.Failed) _failed.Add(slot);
            if (status == StatusByte.Left) _left.Add(slot);
        }
    }

    public MemberView View(int slot)
    {
        ref MemberSlot member = ref _members[slot];
        NodeIdentity identity = member.Identity;
        MemberStatus status = (MemberStatus)member.Status;
        return new MemberView(identity.Name, identity.Address, identity.Meta, identity.Vsn, status, member.StatusLTime);
    }

    /// <summary>Last coordinate a member told; false when it was never measured.</summary>
    public bool TryGetCoordinate(int slot, out Coordinate coordinate)
    {
        if (slot == SwimCore.SelfSlot)
        {
            coordinate = _vivaldi.Own;
            return true;
        }

        int handle = _members[slot].Coordinate;
        bool known = handle != MemberSlot.None && _places[handle].HasCoordinate;
        coordinate = known ? _places[handle].Coordinate : default;
        return known;
    }

    public void OnPingCompleted(int slot, TimeSpan roundTrip, ReadOnlyMemory<byte> payload)
    {
        if (!_context.Serf.Coordinates || !_context.Codec.TryDecodePingPayload(payload.Span, out Coordinate other)) return;
        ref int handle = ref _members[slot].Coordinate;
        if (handle == MemberSlot.None) handle = _places.Rent();
        if (_vivaldi.TryUpdate(ref _places[handle], other, roundTrip)) EncodeOwnCoordinate();
    }

    private void EncodeOwnCoordinate()
    {
        if (!_context.Serf.Coordinates) return;
        _context.Scratch.ResetWrittenCount();
        _context.Codec.EncodePingPayload(_vivaldi.Own, _context.Scratch);
        ReadOnlySpan<byte> encoded = _context.Scratch.WrittenSpan;
        if (_ackPayload.Length < encoded.Length) _ackPayload = new byte[encoded.Length];
        encoded.CopyTo(_ackPayload);
        _ackPayloadLength = encoded.Length;
    }

    private void Restore(Options.LamportTimes clocks)
    {
        if (clocks == default) return;
        _clock.Witness(clocks.Member);
        _eventClock.Witness(clocks.Event);
        _queryClock.Witness(clocks.Query);
        _eventMinTime = clocks.Event + 1;
        _queryMinTime = clocks.Query + 1;
    }

    /// <summary>Sends one Serf message straight to a node, without broadcasts.</summary>
    private void SendDirect(GossipAddress target, ReadOnlyMemory<byte> node, ReadOnlyMemory<byte> message)
    {
        _context.Output.BeginPacket(new PacketHead(target, node, Urgency.Response, HasChecksum: false));
        _context.Output.AddUser(message);
        _context.Output.EndPacket();
    }
}
