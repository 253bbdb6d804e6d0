using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Storage.Tests.State;

/// <summary>A state stream as lines of text, one per record.</summary>
internal static class StateStreamText
{
    public static List<(CommandType Type, string Text)> Of(ReadOnlySpan<byte> stream)
    {
        var records = new List<(CommandType, string)>();
        int position = Length(stream);
        while (position < stream.Length)
        {
            var type = (CommandType)stream[position++];
            int length = Length(stream[position..]);
            records.Add((type, MsgPackText.Of(stream.Slice(position, length))));
            position += length;
        }

        return records;
    }

    private static int Length(ReadOnlySpan<byte> encoded)
    {
        var reader = new MsgPackReader(encoded);
        reader.Skip();
        Assert.False(reader.Failed);
        return reader.Consumed;
    }
}
