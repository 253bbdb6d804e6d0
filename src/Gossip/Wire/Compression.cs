using System.Buffers.Binary;

namespace Consul.Fast.Gossip.Wire;

/// <summary>The structure around compressed bytes: type byte, algorithm 0, and the bytes.</summary>
internal static class Compression
{
    /// <summary>Most bytes before the compressed ones.</summary>
    public const int HeadBytesMax = HeadBytes + 5;

    private const int HeadBytes = 12;
    private const byte LzwAlgorithm = 0;

    /// <summary>Type 9, a map of two, key Algo, 0, key Buf.</summary>
    private static ReadOnlySpan<byte> Head =>
        [0x09, 0x82, 0xa4, (byte)'A', (byte)'l', (byte)'g', (byte)'o', LzwAlgorithm, 0xa3, (byte)'B', (byte)'u', (byte)'f'];

    /// <summary>Size of a whole compressed message.</summary>
    public static int SizeOf(int compressedBytes) => HeadBytes + WireSize.OfRaw(compressedBytes);

    /// <summary>Puts the head before the compressed bytes, for which the buffer has left room.</summary>
    public static void PrependHead(WireBuffer buffer, int compressedBytes)
    {
        Span<byte> head = buffer.Prepend(SizeOf(compressedBytes) - compressedBytes);
        Head.CopyTo(head);
        Span<byte> length = head[HeadBytes..];
        switch (length.Length)
        {
            case 1:
                length[0] = (byte)(0xa0 | compressedBytes);
                break;
            case 3:
                length[0] = 0xda;
                BinaryPrimitives.WriteUInt16BigEndian(length[1..], (ushort)compressedBytes);
                break;
            default:
                length[0] = 0xdb;
                BinaryPrimitives.WriteUInt32BigEndian(length[1..], (uint)compressedBytes);
                break;
        }
    }

    /// <summary>False when malformed or of another algorithm.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> message, out ReadOnlyMemory<byte> compressed)
    {
        compressed = default;
        MessageReader reader = new(message[1..]);
        byte algorithm = LzwAlgorithm;
        FieldCursor fields = new(ref reader, SwimFields.Compress);
        while (fields.TryNext(ref reader, out int field))
        {
            if (field == 0) algorithm = reader.Byte();
            else compressed = reader.Bytes();
        }

        return !reader.Failed && algorithm == LzwAlgorithm;
    }
}
