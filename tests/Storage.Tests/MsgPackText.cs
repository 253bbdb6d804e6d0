using System.Text;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Tests;

/// <summary>Msgpack objects as text with map keys in order, to compare contents whatever the order of free-form maps.</summary>
internal static class MsgPackText
{
    public static string Of(ReadOnlySpan<byte> encoded)
    {
        var reader = new MsgPackReader(encoded);
        string text = Next(ref reader);
        Assert.False(reader.Failed);
        Assert.True(reader.AtEnd);
        return text;
    }

    private static string Next(ref MsgPackReader reader)
    {
        switch (reader.Peek())
        {
            case MsgPackKind.Nil:
                reader.TryReadNil();
                return "null";
            case MsgPackKind.Bool:
                return reader.ReadBool() ? "true" : "false";
            case MsgPackKind.SignedInteger:
                return reader.ReadInt64().ToString();
            case MsgPackKind.UnsignedInteger:
                return reader.ReadUInt64().ToString();
            case MsgPackKind.Float:
                return reader.ReadFloat64().ToString("R") + "f";
            case MsgPackKind.Raw:
                return '"' + Encoding.Latin1.GetString(reader.ReadBytesInPlace(out _)) + '"';
            case MsgPackKind.Array:
                var items = new List<string>();
                for (int i = reader.ReadArrayHeader(); i > 0; i--) items.Add(Next(ref reader));
                return '[' + string.Join(", ", items) + ']';
            case MsgPackKind.Map:
                var pairs = new List<string>();
                for (int i = reader.ReadMapHeader(); i > 0; i--) pairs.Add(Next(ref reader) + ": " + Next(ref reader));
                pairs.Sort(StringComparer.Ordinal);
                return '{' + string.Join(", ", pairs) + '}';
            default:
                throw new InvalidDataException("not an object of the old dialect");
        }
    }
}
