using System.Buffers;
using System.Text;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Net.Rpc;

/// <summary>
/// The header that precedes every request and response body. Written as Consul's peers write it, keys in ascending order;
/// read from a map with any keys in any order, from an array in declaration order, or from nil.
/// </summary>
internal static class RpcHeaders
{
    /// <summary>Longest header taken from a peer; a real one has about 60 bytes and, with an error text, a few hundred.</summary>
    public const int BytesMax = 64 * 1024;

    /// <summary>An array form has no keys, only this order; further elements are skipped.</summary>
    private const int MethodElement = 0, SeqElement = 1, ErrorElement = 2, UnknownElement = 3;

    /// <summary>Map of 2, key <c>Seq</c>.</summary>
    private static ReadOnlySpan<byte> RequestStart => [0x82, 0xa3, (byte)'S', (byte)'e', (byte)'q'];

    /// <summary>Map of 3, key <c>Error</c> with an empty text, key <c>Seq</c>.</summary>
    private static ReadOnlySpan<byte> SuccessStart =>
        [0x83, 0xa5, (byte)'E', (byte)'r', (byte)'r', (byte)'o', (byte)'r', 0xa0, 0xa3, (byte)'S', (byte)'e', (byte)'q'];

    public static void WriteRequest(IBufferWriter<byte> output, ulong seq, RpcName name) =>
        Write(output, RequestStart, seq, name.EncodedField);

    public static void WriteSuccess(IBufferWriter<byte> output, ulong seq, ReadOnlySpan<byte> encodedName) =>
        Write(output, SuccessStart, seq, encodedName);

    /// <summary>A response that reports an error, with the empty body that follows it.</summary>
    public static void WriteFailure(IBufferWriter<byte> output, ulong seq, ReadOnlySpan<byte> encodedName, string error)
    {
        var writer = new MsgPackWriter(output);
        writer.WriteMapHeader(3);
        writer.WriteKey("Error"u8);
        writer.WriteString(error);
        writer.WriteKey("Seq"u8);
        writer.WriteUInt64(seq);
        writer.WriteRaw(encodedName);
        writer.WriteMapHeader(0);
    }

    /// <summary>False when the value cannot be a request header.</summary>
    /// <param name="name">The method's name, in place.</param>
    public static bool TryReadRequest(ReadOnlySpan<byte> value, out ulong seq, out ReadOnlySpan<byte> name) =>
        TryRead(value, out seq, out name, out _);

    /// <summary>False when the value cannot be a response header.</summary>
    /// <param name="error">Null when the call succeeded.</param>
    public static bool TryReadResponse(ReadOnlySpan<byte> value, out ulong seq, out string? error)
    {
        bool read = TryRead(value, out seq, out _, out ReadOnlySpan<byte> text);
        error = text.IsEmpty ? null : Encoding.UTF8.GetString(text);
        return read;
    }

    private static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> start, ulong seq, ReadOnlySpan<byte> encodedName)
    {
        output.Write(start);
        new MsgPackWriter(output).WriteUInt64(seq);
        output.Write(encodedName);
    }

    private static bool TryRead(ReadOnlySpan<byte> value, out ulong seq, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> error)
    {
        seq = 0;
        name = default;
        error = default;
        var reader = new MsgPackReader(value);
        bool isMap = reader.Peek() == MsgPackKind.Map;
        if (!isMap && reader.Peek() != MsgPackKind.Array) return reader.TryReadNil();
        int fields = isMap ? reader.ReadMapHeader() : reader.ReadArrayHeader();
        for (int i = 0; i < fields && !reader.Failed; i++)
        {
            switch (isMap ? ElementOf(reader.ReadKey()) : i)
            {
                case MethodElement:
                    name = reader.ReadKey();
                    break;
                case SeqElement:
                    seq = reader.ReadUInt64();
                    break;
                case ErrorElement:
                    error = reader.ReadKey();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Failed;
    }

    private static int ElementOf(ReadOnlySpan<byte> key)
    {
        if (key.SequenceEqual("Seq"u8)) return SeqElement;
        if (key.SequenceEqual("ServiceMethod"u8)) return MethodElement;
        return key.SequenceEqual("Error"u8) ? ErrorElement : UnknownElement;
    }
}
