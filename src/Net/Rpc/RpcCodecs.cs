using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Net.Rpc;

/// <summary>Writes one value as exactly one msgpack value.</summary>
public delegate void RpcEncoder<in T>(MsgPackWriter writer, T value);

/// <summary>
/// Reads one value. Wrong input makes the reader fail and gives a value that is not used; nothing is thrown, and nothing
/// that is kept may point into the input.
/// </summary>
public delegate T RpcDecoder<out T>(ref MsgPackReader reader);

/// <summary>The argument or result of a method that has none: an empty map on the wire.</summary>
public readonly record struct RpcNothing;

/// <summary>Codecs of <see cref="RpcNothing"/>.</summary>
public static class RpcCodecs
{
    /// <summary>Takes a structure of any content, or nil.</summary>
    public static RpcNothing ReadNothing(ref MsgPackReader reader)
    {
        if (reader.Peek() is MsgPackKind.Map or MsgPackKind.Array or MsgPackKind.Nil) reader.Skip();
        else reader.Fail();
        return default;
    }

    public static void WriteNothing(MsgPackWriter writer, RpcNothing value) => writer.WriteMapHeader(0);

    public static void WriteNothing(MsgPackWriter writer, RpcResult<RpcNothing> reply) => writer.WriteMapHeader(0);
}
