using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Consul.Fast.Gossip.Wire.Packets;

/// <summary>CRC-32 with the IEEE polynomial, reflected, as zlib computes it; eight bytes at a time.</summary>
internal static class Checksum
{
    private const uint Polynomial = 0xedb88320;
    private const int Slices = 8;
    private static readonly uint[] s_tables = MakeTables();

    public static uint Compute(ReadOnlySpan<byte> data)
    {
        // A byte never points outside its table of 256, so the lookups need no checks.
        ref uint tables = ref MemoryMarshal.GetArrayDataReference(s_tables);
        uint crc = uint.MaxValue;
        for (; data.Length >= Slices; data = data[Slices..])
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ crc;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            crc = Look(ref tables, 7, low) ^ Look(ref tables, 6, low >> 8)
                ^ Look(ref tables, 5, low >> 16) ^ Look(ref tables, 4, low >> 24)
                ^ Look(ref tables, 3, high) ^ Look(ref tables, 2, high >> 8)
                ^ Look(ref tables, 1, high >> 16) ^ Look(ref tables, 0, high >> 24);
        }

        foreach (byte b in data) crc = Look(ref tables, 0, crc ^ b) ^ (crc >> 8);
        return ~crc;
    }

    private static uint Look(ref uint tables, int slice, uint value) => Unsafe.Add(ref tables, (slice * 256) + (byte)value);

    private static uint[] MakeTables()
    {
        var tables = new uint[Slices * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * Polynomial);
            tables[i] = crc;
        }

        for (int i = 256; i < tables.Length; i++) tables[i] = tables[tables[i - 256] & 0xff] ^ (tables[i - 256] >> 8);
        return tables;
    }
}
