using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Commands;

/// <summary>
/// Commands in the wire form: the message type byte and one msgpack map. Decoders take the body without the type byte,
/// answer false for anything malformed and never allocate more than a small multiple of the input. The same maps without
/// the type byte are the bodies of the calls that ask for the commands.
/// </summary>
public static class CommandCodec
{
    /// <summary>Set in a type byte: replicas that do not know the type skip the entry.</summary>
    internal const byte IgnoreUnknown = 0x80;

    public static void Encode(RegisterRequest request, IBufferWriter<byte> output) =>
        RegisterCodec.Write(Start(CommandType.Register, output), request);

    public static void Encode(DeregisterRequest request, IBufferWriter<byte> output) =>
        DeregisterCodec.Write(Start(CommandType.Deregister, output), request);

    public static void Encode(KvsRequest request, IBufferWriter<byte> output) =>
        KvsRequestCodec.Write(Start(CommandType.Kvs, output), request);

    public static void Encode(SessionRequest request, IBufferWriter<byte> output) =>
        SessionRequestCodec.Write(Start(CommandType.Session, output), request);

    public static void Encode(TombstoneRequest request, IBufferWriter<byte> output)
    {
        MsgPackWriter writer = Start(CommandType.Tombstone, output);
        writer.WriteMapHeader(4);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        writer.WriteKey("Op"u8);
        writer.WriteString(request.Op);
        writer.WriteKey("ReapIndex"u8);
        writer.WriteUInt64(request.ReapIndex);
        writer.WriteKey("Token"u8);
        writer.WriteString(request.Token);
    }

    public static void Encode(AutopilotRequest request, IBufferWriter<byte> output) =>
        AutopilotRequestCodec.Write(Start(CommandType.Autopilot, output), request);

    public static void Encode(TxnRequest request, IBufferWriter<byte> output) => TxnCodec.Write(Start(CommandType.Txn, output), request);

    /// <summary>A batch of coordinates, marked as a command that servers which do not know it may skip.</summary>
    public static void Encode(IReadOnlyList<Coordinate> batch, IBufferWriter<byte> output) =>
        MsgPackCollections.WriteList(Start(CommandType.CoordinateBatch, output, IgnoreUnknown), batch, CoordinateCodec.Write);

    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out RegisterRequest? request)
    {
        var reader = new MsgPackReader(body);
        request = RegisterCodec.Read(ref reader);
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out DeregisterRequest? request)
    {
        var reader = new MsgPackReader(body);
        request = DeregisterCodec.Read(ref reader);
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out KvsRequest? request)
    {
        var reader = new MsgPackReader(body);
        request = KvsRequestCodec.Read(ref reader);
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out SessionRequest? request)
    {
        var reader = new MsgPackReader(body);
        request = SessionRequestCodec.Read(ref reader);
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out TombstoneRequest? request)
    {
        string datacenter = "", op = "", token = "";
        ulong reapIndex = 0;
        var reader = new MsgPackReader(body);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("Op"u8)) op = reader.ReadString();
            else if (key.SequenceEqual("ReapIndex"u8)) reapIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Token"u8)) token = reader.ReadString();
            else reader.Skip();
        }

        request = new TombstoneRequest { Datacenter = datacenter, Op = op, ReapIndex = reapIndex, Token = token };
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out AutopilotRequest? request)
    {
        var reader = new MsgPackReader(body);
        request = AutopilotRequestCodec.Read(ref reader);
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out TxnRequest? request)
    {
        var reader = new MsgPackReader(body);
        request = TxnCodec.Read(ref reader);
        return !reader.Failed;
    }

    private static MsgPackWriter Start(CommandType type, IBufferWriter<byte> output, byte flags = 0)
    {
        output.GetSpan(1)[0] = (byte)((byte)type | flags);
        output.Advance(1);
        return new MsgPackWriter(output);
    }
}
