namespace Consul.Fast.Gossip.Wire.Lzw;

/// <summary>How expanding ended.</summary>
internal enum LzwStatus : byte
{
    Done,

    /// <summary>A code that does not exist yet, or no end code.</summary>
    Malformed,

    /// <summary>The result is longer than allowed.</summary>
    TooLarge,
}

/// <summary>
/// Expands what peers compressed. Keeps its tables between calls: one owner, one thread. Every string of the table is the
/// previous one and the byte after it, so it stands in the output already and expanding is copying.
/// </summary>
internal sealed class LzwDecoder
{
    private readonly int[] _offsets = new int[LzwCode.Count];
    private readonly int[] _lengths = new int[LzwCode.Count];

    /// <summary>Finds the expanded length without expanding, so that the output can be sized.</summary>
    public LzwStatus Measure(ReadOnlySpan<byte> input, int max, out int length)
    {
        CodeReader codes = new(input);
        long total = 0;
        int previous = LzwCode.None;
        length = 0;
        while (codes.TryRead(out int code))
        {
            if (code == LzwCode.End)
            {
                length = (int)total;
                return LzwStatus.Done;
            }

            if (code == LzwCode.Clear)
            {
                codes.Clear();
                previous = LzwCode.None;
                continue;
            }

            if (code > codes.Last || (code == codes.Last && previous == LzwCode.None && !codes.IsFull)) return LzwStatus.Malformed;
            if (previous != LzwCode.None) _lengths[codes.Last] = LengthOf(previous) + 1;
            total += LengthOf(code);
            if (total > max) return LzwStatus.TooLarge;
            previous = codes.Advance() ? code : LzwCode.None;
        }

        return LzwStatus.Malformed;
    }

    /// <summary>Expands into <paramref name="output"/>, which is also the limit.</summary>
    public LzwStatus Decode(ReadOnlySpan<byte> input, Span<byte> output, out int written)
    {
        CodeReader codes = new(input);
        int previous = LzwCode.None;
        int previousOffset = 0;
        written = 0;
        while (codes.TryRead(out int code))
        {
            if (code == LzwCode.End) return LzwStatus.Done;
            if (code == LzwCode.Clear)
            {
                codes.Clear();
                previous = LzwCode.None;
                continue;
            }

            if (code > codes.Last || (code == codes.Last && previous == LzwCode.None && !codes.IsFull)) return LzwStatus.Malformed;
            if (previous != LzwCode.None)
            {
                _offsets[codes.Last] = previousOffset;
                _lengths[codes.Last] = LengthOf(previous) + 1;
            }

            int length = LengthOf(code);
            if (length > output.Length - written) return LzwStatus.TooLarge;
            if (code < LzwCode.Clear) output[written] = (byte)code;
            else Copy(output, _offsets[code], written, length);
            previousOffset = written;
            written += length;
            previous = codes.Advance() ? code : LzwCode.None;
        }

        return LzwStatus.Malformed;
    }

    /// <summary>The newest string may reach one byte into its own copy: that byte is the copy's first.</summary>
    private static void Copy(Span<byte> output, int from, int to, int length)
    {
        if (from + length <= to)
        {
            output.Slice(from, length).CopyTo(output[to..]);
            return;
        }

        output.Slice(from, length - 1).CopyTo(output[to..]);
        output[to + length - 1] = output[to];
    }

    private int LengthOf(int code) => code < LzwCode.Clear ? 1 : _lengths[code];

    /// <summary>Codes of growing width, and the newest entry of the table.</summary>
    private ref struct CodeReader(ReadOnlySpan<byte> input)
    {
        private readonly ReadOnlySpan<byte> _input = input;
        private uint _bits;
        private int _count;
        private int _position;
        private int _width = LzwCode.WidthMin;

        /// <summary>The code being defined.</summary>
        public int Last { get; private set; } = LzwCode.End;

        /// <summary>No more codes are defined until a clear; the last one exists already.</summary>
        public bool IsFull { get; private set; }

        public void Clear()
        {
            _width = LzwCode.WidthMin;
            Last = LzwCode.End;
            IsFull = false;
        }

        /// <summary>False when the table is full and the string just read begins no entry.</summary>
        public bool Advance()
        {
            Last++;
            if (Last < 1 << _width) return true;
            if (_width < LzwCode.WidthMax)
            {
                _width++;
                return true;
            }

            Last--;
            IsFull = true;
            return false;
        }

        public bool TryRead(out int code)
        {
            while (_count < _width)
            {
                if (_position == _input.Length)
                {
                    code = 0;
                    return false;
                }

                _bits |= (uint)_input[_position++] << _count;
                _count += 8;
            }

            code = (int)(_bits & ((1u << _width) - 1));
            _bits >>= _width;
            _count -= _width;
            return true;
        }
    }
}
