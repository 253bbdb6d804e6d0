using System.Buffers.Binary;
using System.Numerics;

namespace Consul.Fast.Storage.Log;

/// <summary>CRC-32C (Castagnoli): one machine instruction per eight bytes where the processor has it.</summary>
internal static class Crc32C
{
    /// <summary>Checksum of <paramref name="data"/>; <paramref name="previous"/> continues an earlier one.</summary>
    public static uint Compute(ReadOnlySpan<byte> data, uint previous = 0)
    {
        var crc = ~previous;
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }
        foreach (var value in data) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
