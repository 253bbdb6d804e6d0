namespace Consul.Fast.Storage.State;

/// <summary>The header in the extensions of a log entry that is a piece of a command (a protobuf message).</summary>
/// <param name="Operation">Random number that all pieces of the command share.</param>
/// <param name="Sequence">Place of this piece, from 0.</param>
/// <param name="Count">How many pieces there are.</param>
internal readonly record struct ChunkInfo(ulong Operation, uint Sequence, uint Count)
{
    private const int VarintType = 0;
    private const int Fixed64Type = 1;
    private const int BytesType = 2;
    private const int Fixed32Type = 5;

    public static bool TryParse(ReadOnlySpan<byte> message, out ChunkInfo info)
    {
        info = default;
        while (!message.IsEmpty)
        {
            if (!TryReadVarint(ref message, out ulong tag)) return false;
            if (!TryReadField(ref message, (int)(tag & 7), out ulong value)) return false;
            switch (tag)
            {
                case (1 << 3) | VarintType:
                    info = info with { Operation = value };
                    break;
                case (2 << 3) | VarintType:
                    info = info with { Sequence = (uint)value };
                    break;
                case (3 << 3) | VarintType:
                    info = info with { Count = (uint)value };
                    break;
            }
        }

        return info.Count is > 0 and <= ChunkAssembler.MaxChunks && info.Sequence < info.Count;
    }

    private static bool TryReadField(ref ReadOnlySpan<byte> message, int wireType, out ulong value)
    {
        value = 0;
        switch (wireType)
        {
            case VarintType:
                return TryReadVarint(ref message, out value);
            case Fixed64Type:
                return TrySkip(ref message, 8);
            case BytesType:
                return TryReadVarint(ref message, out ulong length) && TrySkip(ref message, length);
            case Fixed32Type:
                return TrySkip(ref message, 4);
            default:
                return false;
        }
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> message, ulong count)
    {
        if (count > (ulong)message.Length) return false;
        message = message[(int)count..];
        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (int i = 0; i < message.Length && i < 10; i++)
        {
            value |= (ulong)(message[i] & 0x7f) << (7 * i);
            if (message[i] >= 0x80) continue;
            message = message[(i + 1)..];
            return true;
        }

        return false;
    }
}
