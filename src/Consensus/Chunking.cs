namespace Consul.Fast.Consensus;

/// <summary>
/// Commands too large for one entry travel in several: each piece is an entry of its own with a header in
/// <see cref="LogEntry.Extensions"/>, and the state machine puts them together again.
/// </summary>
public static class Chunking
{
    /// <summary>Bytes of payload in one entry, the command's type byte included.</summary>
    public const int ChunkSize = 524288;

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
}

/// <summary>One piece of a split command.</summary>
public readonly record struct Chunk(ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Extensions);

/// <summary>
/// Result of the entry that completed a split command. The entries before it have none, so a proposer that finds none for
/// its last piece knows that a piece was lost.
/// </summary>
/// <param name="Value">What the command itself returned.</param>
public sealed record ChunkedResult(object? Value);
