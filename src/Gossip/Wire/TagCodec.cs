using System.Buffers;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Gossip.Wire;

/// <summary>
/// Tags as node metadata: a magic byte and a map of text to text. Metadata without the magic byte is a bare role. Peers compare
/// metadata byte for byte, so own tags are encoded once and the bytes kept.
/// </summary>
internal static class TagCodec
{
    public const byte Magic = 0xff;

    /// <summary>Encodes tags in the order given. False when they are longer than metadata may be.</summary>
    public static bool TryEncode(IReadOnlyCollection<KeyValuePair<string, string>> tags, out byte[] meta)
    {
        ArrayBufferWriter<byte> output = new(Alive.MetaMax);
        output.Write([Magic]);
        MsgPackWriter writer = new(output);
        writer.WriteMapHeader(tags.Count);
        foreach ((string name, string value) in tags)
        {
            writer.WriteString(name);
            writer.WriteString(value);
        }

        meta = output.WrittenSpan.ToArray();
        return meta.Length <= Alive.MetaMax;
    }

    /// <summary>Finds the value of a tag. False when it is absent or the metadata is malformed.</summary>
    public static bool TryFind(ReadOnlyMemory<byte> meta, ReadOnlySpan<byte> tag, out ReadOnlyMemory<byte> value)
    {
        value = default;
        bool found = false;
        TagReader reader = new(meta);
        while (reader.TryNext(out ReadOnlyMemory<byte> name, out ReadOnlyMemory<byte> present))
        {
            if (!name.Span.SequenceEqual(tag)) continue;
            value = present;
            found = true;
        }

        return found && !reader.IsMalformed;
    }

    /// <summary>Writes the tags of metadata as the map that a member record holds; none when the metadata is malformed.</summary>
    public static void WriteMap(MsgPackWriter writer, ReadOnlyMemory<byte> meta)
    {
        int count = 0;
        TagReader counting = new(meta);
        while (counting.TryNext(out _, out _)) count++;
        writer.WriteMapHeader(counting.IsMalformed ? 0 : count);
        if (counting.IsMalformed) return;
        TagReader reader = new(meta);
        while (reader.TryNext(out ReadOnlyMemory<byte> name, out ReadOnlyMemory<byte> value))
        {
            writer.WriteBytes(name.Span);
            writer.WriteBytes(value.Span);
        }
    }

    /// <summary>Makes metadata of an encoded map of tags; nil and nothing are no tags. False when it is no such map.</summary>
    public static bool TryFromMap(ReadOnlyMemory<byte> map, out byte[] meta)
    {
        bool isNone = map.IsEmpty || map.Span[0] == 0xc0;
        meta = isNone ? [Magic, 0x80] : [Magic, .. map.Span];
        TagReader reader = new(meta);
        while (reader.TryNext(out _, out _))
        {
        }

        return !reader.IsMalformed;
    }
}

/// <summary>Walks the tags in metadata.</summary>
internal ref struct TagReader
{
    private static readonly ReadOnlyMemory<byte> s_role = "role"u8.ToArray();
    private readonly ReadOnlyMemory<byte> _meta;
    private readonly bool _isBareRole;
    private MessageReader _reader;
    private int _left;

    public TagReader(ReadOnlyMemory<byte> meta)
    {
        _meta = meta;
        _isBareRole = meta.IsEmpty || meta.Span[0] != TagCodec.Magic;
        _reader = new MessageReader(_isBareRole ? default : meta[1..]);
        _left = _isBareRole ? 1 : _reader.MapHeader(int.MaxValue);
    }

    /// <summary>True when the walk ended early because the rest is no map of texts.</summary>
    public readonly bool IsMalformed => !_isBareRole && _reader.Failed;

    public bool TryNext(out ReadOnlyMemory<byte> name, out ReadOnlyMemory<byte> value)
    {
        name = default;
        value = default;
        if (_left == 0) return false;
        _left--;
        if (_isBareRole)
        {
            (name, value) = (s_role, _meta);
            return true;
        }

        name = _reader.Text();
        value = _reader.Text();
        return !_reader.Failed;
    }
}
