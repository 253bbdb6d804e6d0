using System.Buffers.Binary;

namespace Consul.Fast.Consensus;

/// <summary>
/// Commands too large for one entry travel in several: each piece is an entry of its own with a header in
/// <see cref="LogEntry.Extensions"/>, and the state machine puts them together again.
/// </summary>
public static class Chunking
{
    /// <summary>Bytes of payload in one entry, the command's type byte included.</summary>
    public const int ChunkSize = 524288;

    /// <summary>What the state machine returns for a piece while others are missing.</summary>
    public static readonly object Incomplete = new IncompleteResult();

    /// <summary>Error for a proposer whose last piece did not complete the command: pieces were lost to a change of leader.</summary>
    public const string Resubmit = "please resubmit call for rechunking";

    /// <summary>Type of the only command that is ever split: a KV change.</summary>
    private const byte KvCommand = 2;

    /// <summary>True when the command has to be split.</summary>
    public static bool IsNeeded(ReadOnlySpan<byte> command) => command.Length > ChunkSize && command[0] == KvCommand;

    /// <summary>Splits a command. The pieces refer to its memory.</summary>
    /// <param name="operation">Random number that the pieces share.</param>
    public static Chunk[] Split(ReadOnlyMemory<byte> command, ulong operation)
    {
        int count = (command.Length + ChunkSize - 1) / ChunkSize;
        var chunks = new Chunk[count];
        for (int i = 0; i < count; i++)
        {
            int start = i * ChunkSize;
            int length = Math.Min(ChunkSize, command.Length - start);
            chunks[i] = new Chunk(command.Slice(start, length), WriteHeader(operation, (uint)i, (uint)count));
        }

        return chunks;
    }

    /// <summary>Reads a piece's header; false when it is not one.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> extensions, out ChunkHeader header)
    {
        ulong operation = 0;
        ulong sequence = 0;
        ulong count = 0;
        header = default;
        while (!extensions.IsEmpty)
        {
            if (!TryReadVarint(ref extensions, out ulong tag)) return false;
            ulong value;
            switch (tag & 7)
            {
                case 0 when TryReadVarint(ref extensions, out value):
                    break;
                case 1 when extensions.Length >= 8:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(extensions);
                    extensions = extensions[8..];
                    break;
                case 2 when TryReadVarint(ref extensions, out value) && value <= (ulong)extensions.Length:
                    extensions = extensions[(int)value..];
                    break;
                case 5 when extensions.Length >= 4:
                    value = BinaryPrimitives.ReadUInt32LittleEndian(extensions);
                    extensions = extensions[4..];
                    break;
                default:
                    return false;
            }

            if (tag == 8) operation = value;
            else if (tag == 16) sequence = value;
            else if (tag == 24) count = value;
        }

        header = new ChunkHeader(operation, (uint)sequence, (uint)count);
        return sequence < count && count <= uint.MaxValue;
    }

    private static byte[] WriteHeader(ulong operation, uint sequence, uint count)
    {
        Span<byte> header = stackalloc byte[32];
        int length = WriteField(header, 8, operation);
        if (sequence > 0) length += WriteField(header[length..], 16, sequence);
        length += WriteField(header[length..], 24, count);
        return header[..length].ToArray();
    }

    private static int WriteField(Span<byte> output, byte tag, ulong value)
    {
        int length = 0;
        output[length++] = tag;
        for (; value >= 0x80; value >>= 7) output[length++] = (byte)(value | 0x80);
        output[length++] = (byte)value;
        return length;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> input, out ulong value)
    {
        value = 0;
        for (int i = 0; i < input.Length && i < 10; i++)
        {
            value |= (ulong)(input[i] & 0x7f) << (7 * i);
            if (input[i] >= 0x80) continue;
            input = input[(i + 1)..];
            return true;
        }

        return false;
    }

    private sealed class IncompleteResult;
}

/// <summary>One piece of a split command.</summary>
public readonly record struct Chunk(ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Extensions);

/// <param name="Operation">Number that all pieces of a command share.</param>
/// <param name="Sequence">Position of the piece, from 0.</param>
/// <param name="Count">Number of pieces.</param>
public readonly record struct ChunkHeader(ulong Operation, uint Sequence, uint Count);
