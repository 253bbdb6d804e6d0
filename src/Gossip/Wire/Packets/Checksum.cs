using System.Buffers.Binary;

namespace Consul.Fast.Gossip.Wire.Packets;

/// <summary>CRC-32 with the IEEE polynomial, reflected, as zlib computes it; eight bytes at a time.</summary>
internal static class Checksum
{
    private const uint Polynomial = 0xedb88320;
    private const int Slices = 8;
    private static readonly uint[] s_tables = MakeTables();

    public static uint Compute(ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<uint> tables = s_tables.AsSpan(0, Slices * 256);
        uint crc = uint.MaxValue;
        for (; data.Length >= Slices; data = data[Slices..])
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ crc;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            crc = tables[1792 + (int)(low & 0xff)] ^ tables[1536 + (int)((low >> 8) & 0xff)]
                ^ tables[1280 + (int)((low >> 16) & 0xff)] ^ tables[1024 + (int)(low >> 24)]
                ^ tables[768 + (int)(high & 0xff)] ^ tables[512 + (int)((high >> 8) & 0xff)]
                ^ tables[256 + (int)((high >> 16) & 0xff)] ^ tables[(int)(high >> 24)];
        }

        foreach (byte b in data) crc = tables[(int)((crc ^ b) & 0xff)] ^ (crc >> 8);
        return ~crc;
    }

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
