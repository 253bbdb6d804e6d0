using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Wire;

/// <summary>
/// Decodes state exchanges: the stream message with its nodes, and the user state of the Serf layer. The lists live in a
/// <see cref="DecodeScratch"/>. False for anything malformed or beyond <see cref="WireLimits"/>.
/// </summary>
internal static class PushPullDecoder
{
    /// <summary>The smallest node: seven values as an array.</summary>
    private const int NodeBytesMin = 8;

    /// <param name="message">Type byte, header, nodes and user state.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> message, DecodeScratch scratch, out PushPullState decoded)
    {
        decoded = default;
        scratch.Nodes.Clear();
        if (message.IsEmpty || message.Span[0] != (byte)MessageType.PushPull) return false;
        MessageReader reader = new(message[1..]);
        PushPullHeader header = ReadHeader(ref reader);
        if (reader.Failed || header.Nodes > WireLimits.MembersMax || header.Nodes * (long)NodeBytesMin > reader.Remaining) return false;
        for (int i = 0; i < header.Nodes; i++)
        {
            bool known = TryReadNode(ref reader, out PushNodeState node);
            if (reader.Failed) return false;
            if (known) scratch.Nodes.Add(node);
        }

        SerfPushPull userState = default;
        bool hasUserState = header.UserStateLen > 0;
        if (header.UserStateLen > reader.Remaining) return false;
        if (hasUserState && !TryDecode(reader.Rest()[..header.UserStateLen], scratch, out userState)) return false;
        decoded = new PushPullState(header.Join, scratch.Nodes.Memory, hasUserState, userState);
        return true;
    }

    /// <summary>Decodes the user state: type byte and structure.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> message, DecodeScratch scratch, out SerfPushPull decoded)
    {
        decoded = default;
        scratch.Statuses.Clear();
        scratch.Names.Clear();
        scratch.Events.Clear();
        scratch.EventItems.Clear();
        if (message.IsEmpty || message.Span[0] != (byte)SerfMessageType.PushPull) return false;
        MessageReader reader = new(message[1..]);
        ulong time = 0, eventTime = 0, queryTime = 0;
        FieldCursor fields = new(ref reader, SerfFields.PushPull);
        while (fields.TryNext(ref reader, out int field))
        {
            switch (field)
            {
                case 0: time = reader.UInt64(); break;
                case 1: ReadStatuses(ref reader, scratch); break;
                case 2: ReadLeftMembers(ref reader, scratch); break;
                case 3: eventTime = reader.UInt64(); break;
                case 4: ReadEvents(ref reader, scratch); break;
                default: queryTime = reader.UInt64(); break;
            }
        }

        decoded = new SerfPushPull(
            time, scratch.Statuses.Memory, scratch.Names.Memory, eventTime, scratch.Events.Memory, queryTime);
        return !reader.Failed;
    }

    public static PushPullHeader ReadHeader(ref MessageReader reader)
    {
        int nodes = 0, userStateLen = 0;
        bool join = false;
        FieldCursor fields = new(ref reader, SwimFields.PushPullHeader);
        while (fields.TryNext(ref reader, out int field))
        {
            switch (field)
            {
                case 0: nodes = reader.Count(); break;
                case 1: userStateLen = reader.Count(); break;
                default: join = reader.Bool(); break;
            }
        }

        return new PushPullHeader(nodes, userStateLen, join);
    }

    public static UserMsgHeader ReadUserHeader(ref MessageReader reader)
    {
        int length = 0;
        FieldCursor fields = new(ref reader, SwimFields.UserMsgHeader);
        while (fields.TryNext(ref reader, out _)) length = reader.Count();
        return new UserMsgHeader(length);
    }

    /// <summary>False for a state that does not exist: nothing is known of what such a node would be.</summary>
    private static bool TryReadNode(ref MessageReader reader, out PushNodeState node)
    {
        ReadOnlyMemory<byte> name = default, meta = default;
        ReadOnlySpan<byte> address = default;
        ushort port = 0;
        uint incarnation = 0;
        long state = 0;
        VersionVector versions = default;
        FieldCursor fields = new(ref reader, SwimFields.PushNodeState);
        while (fields.TryNext(ref reader, out int field))
        {
            switch (field)
            {
                case 0: name = reader.Text(); break;
                case 1: address = reader.BytesInPlace(); break;
                case 2: port = reader.UInt16(); break;
                case 3: meta = reader.Bytes(); break;
                case 4: incarnation = reader.UInt32(); break;
                case 5: state = reader.Int64(); break;
                default: versions = reader.Versions(); break;
            }
        }

        node = new PushNodeState(name, reader.Address(address, port), meta, incarnation, (NodeState)state, versions);
        return state is >= 0 and <= (long)NodeState.Left;
    }

    private static void ReadStatuses(ref MessageReader reader, DecodeScratch scratch)
    {
        scratch.Statuses.Clear();
        int count = reader.MapHeader(WireLimits.MembersMax);
        for (int i = 0; i < count; i++)
        {
            StatusLTime status = new(reader.Text(), reader.UInt64());
            if (reader.Failed) return;
            scratch.Statuses.Add(status);
        }
    }

    private static void ReadLeftMembers(ref MessageReader reader, DecodeScratch scratch)
    {
        scratch.Names.Clear();
        int count = reader.ArrayHeader(WireLimits.MembersMax);
        for (int i = 0; i < count; i++)
        {
            ReadOnlyMemory<byte> name = reader.Text();
            if (reader.Failed) return;
            scratch.Names.Add(name);
        }
    }

    /// <summary>The buffer of the sender, in which unused slots are nil.</summary>
    private static void ReadEvents(ref MessageReader reader, DecodeScratch scratch)
    {
        scratch.Events.Clear();
        scratch.EventItems.Clear();
        int count = reader.ArrayHeader(WireLimits.EventsMax);
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            if (reader.TryReadNil()) continue;
            ulong time = 0;
            int start = scratch.EventItems.Count;
            FieldCursor fields = new(ref reader, SerfFields.BufferedEvents);
            while (fields.TryNext(ref reader, out int field))
            {
                if (field == 0) time = reader.UInt64();
                else ReadEventItems(ref reader, scratch);
            }

            if (!reader.Failed) scratch.Events.Add(new BufferedEvents(time, scratch.EventItems.From(start)));
        }
    }

    private static void ReadEventItems(ref MessageReader reader, DecodeScratch scratch)
    {
        int count = reader.ArrayHeader(WireLimits.EventsMax);
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlyMemory<byte> name = default, payload = default;
            FieldCursor fields = new(ref reader, SerfFields.BufferedEvent);
            while (fields.TryNext(ref reader, out int field))
            {
                if (field == 0) name = reader.Text();
                else payload = reader.Bytes();
            }

            if (scratch.EventItems.Count == WireLimits.EventsMax) reader.Fail();
            if (!reader.Failed) scratch.EventItems.Add(new BufferedEvent(name, payload));
        }
    }
}
