using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Wire;

/// <summary>
/// Decodes Serf messages: type byte and structure. Text and bytes are slices of the message. False for anything malformed.
/// Allocates nothing, but for lists, which live in a <see cref="DecodeScratch"/> or, in rare messages, in arrays of their own.
/// </summary>
internal static partial class SerfDecoder
{
    private const long NanosecondsPerTick = 100;

    public static bool TryDecode(ReadOnlyMemory<byte> message, out LeaveIntent decoded)
    {
        decoded = default;
        if (!TryOpen(message, SerfMessageType.Leave, out MessageReader reader)) return false;
        ulong time = 0;
        ReadOnlyMemory<byte> node = default;
        bool prune = false;
        FieldCursor fields = new(ref reader, SerfFields.Leave);
        while (fields.TryNext(ref reader, out int field))
        {
            switch (field)
            {
                case 0: time = reader.UInt64(); break;
                case 1: node = reader.Text(); break;
                default: prune = reader.Bool(); break;
            }
        }

        decoded = new LeaveIntent(time, node, prune);
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlyMemory<byte> message, out JoinIntent decoded)
    {
        decoded = default;
        if (!TryOpen(message, SerfMessageType.Join, out MessageReader reader)) return false;
        ulong time = 0;
        ReadOnlyMemory<byte> node = default;
        FieldCursor fields = new(ref reader, SerfFields.Join);
        while (fields.TryNext(ref reader, out int field))
        {
            if (field == 0) time = reader.UInt64();
            else node = reader.Text();
        }

        decoded = new JoinIntent(time, node);
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlyMemory<byte> message, out UserEvent decoded)
    {
        decoded = default;
        if (!TryOpen(message, SerfMessageType.UserEvent, out MessageReader reader)) return false;
        ulong time = 0;
        ReadOnlyMemory<byte> name = default, payload = default;
        bool canCoalesce = false;
        FieldCursor fields = new(ref reader, SerfFields.UserEvent);
        while (fields.TryNext(ref reader, out int field))
        {
            switch (field)
            {
                case 0: time = reader.UInt64(); break;
                case 1: name = reader.Text(); break;
                case 2: payload = reader.Bytes(); break;
                default: canCoalesce = reader.Bool(); break;
            }
        }

        decoded = new UserEvent(time, name, payload, canCoalesce);
        return !reader.Failed;
    }

    /// <param name="scratch">Holds the filters.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> message, DecodeScratch scratch, out Query decoded)
    {
        decoded = default;
        scratch.Filters.Clear();
        if (!TryOpen(message, SerfMessageType.Query, out MessageReader reader)) return false;
        ReadOnlySpan<byte> address = default;
        ushort port = 0;
        Query read = default;
        FieldCursor fields = new(ref reader, SerfFields.Query);
        while (fields.TryNext(ref reader, out int field))
        {
            switch (field)
            {
                case 0: read = read with { LTime = reader.UInt64() }; break;
                case 1: read = read with { Id = reader.UInt32() }; break;
                case 2: address = reader.BytesInPlace(); break;
                case 3: port = reader.UInt16(); break;
                case 4: read = read with { SourceNode = reader.Text() }; break;
                case 5: ReadFilters(ref reader, scratch); break;
                case 6: read = read with { Flags = (QueryFlags)reader.UInt32() }; break;
                case 7: read = read with { RelayFactor = reader.Byte() }; break;
                case 8: read = read with { Timeout = TimeSpan.FromTicks(reader.Int64() / NanosecondsPerTick) }; break;
                case 9: read = read with { Name = reader.Text() }; break;
                default: read = read with { Payload = reader.Bytes() }; break;
            }
        }

        decoded = read with { Addr = reader.Address(address, port), Filters = scratch.Filters.Memory };
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlyMemory<byte> message, out QueryResponse decoded)
    {
        decoded = default;
        if (!TryOpen(message, SerfMessageType.QueryResponse, out MessageReader reader)) return false;
        ulong time = 0;
        uint id = 0;
        ReadOnlyMemory<byte> from = default, payload = default;
        QueryFlags flags = default;
        FieldCursor fields = new(ref reader, SerfFields.QueryResponse);
        while (fields.TryNext(ref reader, out int field))
        {
            switch (field)
            {
                case 0: time = reader.UInt64(); break;
                case 1: id = reader.UInt32(); break;
                case 2: from = reader.Text(); break;
                case 3: flags = (QueryFlags)reader.UInt32(); break;
                default: payload = reader.Bytes(); break;
            }
        }

        decoded = new QueryResponse(time, id, from, flags, payload);
        return !reader.Failed;
    }

    /// <summary>The header is decoded; the message in it is whatever follows.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> message, out Relay decoded)
    {
        decoded = default;
        if (!TryOpen(message, SerfMessageType.Relay, out MessageReader reader)) return false;
        GossipAddress address = default;
        ReadOnlyMemory<byte> name = default;
        FieldCursor fields = new(ref reader, SerfFields.RelayHeader);
        while (fields.TryNext(ref reader, out int field))
        {
            if (field == 0) address = ReadRelayAddress(ref reader);
            else name = reader.Text();
        }

        if (reader.Failed || reader.Remaining == 0) return false;
        decoded = new Relay(address, name, reader.Rest());
        return true;
    }

    /// <summary>Opens a message of the given type behind its type byte.</summary>
    private static bool TryOpen(ReadOnlyMemory<byte> message, SerfMessageType type, out MessageReader reader)
    {
        bool opened = message.Length > 1 && message.Span[0] == (byte)type;
        reader = opened ? new MessageReader(message[1..]) : default;
        return opened;
    }

    private static void ReadFilters(ref MessageReader reader, DecodeScratch scratch)
    {
        scratch.Filters.Clear();
        int count = reader.ArrayHeader(WireLimits.ListMax);
        for (int i = 0; i < count && !reader.Failed; i++) scratch.Filters.Add(reader.Bytes());
    }

    private static GossipAddress ReadRelayAddress(ref MessageReader reader)
    {
        ReadOnlySpan<byte> address = default;
        long port = 0;
        FieldCursor fields = new(ref reader, SerfFields.RelayAddress);
        while (fields.TryNext(ref reader, out int field))
        {
            switch (field)
            {
                case 0: address = reader.BytesInPlace(); break;
                case 1: port = reader.Int64(); break;
                default: reader.Text(); break;
            }
        }

        return port is >= 0 and <= ushort.MaxValue ? reader.Address(address, (ushort)port) : default;
    }
}
