using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Gossip.Wire;

/// <summary>What an agent fires through the event API, as the payload of a Serf user event.</summary>
/// <param name="Id">UUID of the event.</param>
/// <param name="Name">Name without the prefix that the Serf event has.</param>
/// <param name="NodeFilter">Regular expression on the node name; empty for all.</param>
/// <param name="ServiceFilter">Regular expression on names of services at the agent; empty for all.</param>
/// <param name="TagFilter">Regular expression on the tags of such services; empty for all.</param>
/// <param name="Version">1; later ones are delivered with a warning.</param>
public sealed record ConsulEventPayload(
    string Id,
    string Name,
    ReadOnlyMemory<byte> Payload,
    string NodeFilter = "",
    string ServiceFilter = "",
    string TagFilter = "",
    long Version = 1)
{
    private static readonly FieldTable s_fields = new("ID", "n", "p", "nf", "sf", "tf", "v");

    /// <summary>Encodes it in the newer msgpack dialect, which only this structure uses. Pure.</summary>
    public byte[] Encode()
    {
        ArrayBufferWriter<byte> output = new();
        MsgPackWriter writer = new(output);
        int filters = (NodeFilter.Length > 0 ? 1 : 0) + (ServiceFilter.Length > 0 ? 1 : 0) + (TagFilter.Length > 0 ? 1 : 0);
        writer.WriteMapHeader(3 + filters + (Payload.IsEmpty ? 0 : 1));
        WriteText(output, "ID", Id);
        WriteText(output, "n", Name);
        if (NodeFilter.Length > 0) WriteText(output, "nf", NodeFilter);
        if (!Payload.IsEmpty)
        {
            writer.WriteKey("p"u8);
            WriteLength(output, Payload.Length, fixCode: 0, fixMax: -1, code8: 0xc4);
            output.Write(Payload.Span);
        }

        if (ServiceFilter.Length > 0) WriteText(output, "sf", ServiceFilter);
        if (TagFilter.Length > 0) WriteText(output, "tf", TagFilter);
        writer.WriteKey("v"u8);
        writer.WriteInt64(Version);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads either dialect. Null when it is malformed. Copies what it keeps.</summary>
    public static ConsulEventPayload? Decode(ReadOnlyMemory<byte> encoded)
    {
        MessageReader reader = new(encoded);
        ConsulEventPayload read = new("", "", default, Version: 0);
        FieldCursor fields = new(ref reader, s_fields);
        while (fields.TryNext(ref reader, out int field))
        {
            read = field switch
            {
                0 => read with { Id = ReadText(ref reader) },
                1 => read with { Name = ReadText(ref reader) },
                2 => read with { Payload = reader.Bytes().ToArray() },
                3 => read with { NodeFilter = ReadText(ref reader) },
                4 => read with { ServiceFilter = ReadText(ref reader) },
                5 => read with { TagFilter = ReadText(ref reader) },
                _ => read with { Version = reader.Int64() },
            };
        }

        return reader.Failed ? null : read;
    }

    private static string ReadText(ref MessageReader reader) => Encoding.UTF8.GetString(reader.Text().Span);

    private static void WriteText(ArrayBufferWriter<byte> output, string key, string value)
    {
        new MsgPackWriter(output).WriteString(key);
        byte[] text = Encoding.UTF8.GetBytes(value);
        WriteLength(output, text.Length, fixCode: 0xa0, fixMax: 31, code8: 0xd9);
        output.Write(text);
    }

    /// <summary>The newer dialect has a form with one length byte, and forms of their own for bytes.</summary>
    private static void WriteLength(ArrayBufferWriter<byte> output, int length, byte fixCode, int fixMax, byte code8)
    {
        Span<byte> head = stackalloc byte[5];
        int size;
        if (length <= fixMax)
        {
            head[0] = (byte)(fixCode | length);
            size = 1;
        }
        else if (length <= byte.MaxValue)
        {
            head[0] = code8;
            head[1] = (byte)length;
            size = 2;
        }
        else if (length <= ushort.MaxValue)
        {
            head[0] = (byte)(code8 + 1);
            BinaryPrimitives.WriteUInt16BigEndian(head[1..], (ushort)length);
            size = 3;
        }
        else
        {
            head[0] = (byte)(code8 + 2);
            BinaryPrimitives.WriteUInt32BigEndian(head[1..], (uint)length);
            size = 5;
        }

        output.Write(head[..size]);
    }
}
