using System.Buffers.Binary;
using System.Numerics;

namespace Consul.Fast.Gossip.Wire.Lzw;

/// <summary>Compresses to the very bytes peers produce. Keeps its table between calls: one owner, one thread.</summary>
internal sealed class LzwEncoder
{
    private const int SlotsMax = 4 * LzwCode.Count;
    private const int SlotsMin = 64;
    private const int CodeBits = LzwCode.WidthMax;

    /// <summary>Open addressing; a slot is the pair of string code and byte, and the code they have together. 0 is free.</summary>
    private readonly uint[] _slots = new uint[SlotsMax];

    /// <summary>Gives up, with -1, as soon as the result does not fit into <paramref name="output"/>.</summary>
    /// <returns>Bytes written.</returns>
    public int Encode(ReadOnlySpan<byte> input, Span<byte> output)
    {
        BitWriter bits = new(output);
        bits.Write(LzwCode.Clear, LzwCode.WidthMin);
        if (input.IsEmpty)
        {
            bits.Write(LzwCode.End, LzwCode.WidthMin);
            return bits.Finish();
        }

        int slotCount = Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(input.Length, SlotsMax)) * 2, SlotsMin, SlotsMax);
        Span<uint> slots = _slots.AsSpan(0, slotCount);
        slots.Clear();
        int shift = 32 - BitOperations.Log2((uint)slotCount);
        int width = LzwCode.WidthMin;
        int last = LzwCode.End;
        int limit = 1 << width;
        uint current = input[0];
        for (int i = 1; i < input.Length; i++)
        {
            uint pair = (current << 8) | input[i];
            int place = (int)((pair * 2654435769u) >> shift);
            while (slots[place] != 0 && slots[place] >> CodeBits != pair) place = (place + 1) & (slotCount - 1);
            if (slots[place] != 0)
            {
                current = slots[place] & (LzwCode.Count - 1);
                continue;
            }

            if (!bits.Write((int)current, width)) return -1;
            current = input[i];
            if (Advance(ref bits, ref last, ref width, ref limit)) slots[place] = (pair << CodeBits) | (uint)last;
            else slots.Clear();
        }

        bits.Write((int)current, width);
        Advance(ref bits, ref last, ref width, ref limit);
        bits.Write(LzwCode.End, width);
        return bits.Finish();
    }

    /// <summary>Takes the next code into use; false when the table is full and everything begins anew.</summary>
    private static bool Advance(ref BitWriter bits, ref int last, ref int width, ref int limit)
    {
        last++;
        if (last == limit)
        {
            width++;
            limit <<= 1;
        }

        if (last != LzwCode.EncoderLast) return true;
        bits.Write(LzwCode.Clear, width);
        width = LzwCode.WidthMin;
        last = LzwCode.End;
        limit = 1 << width;
        return false;
    }

    private ref struct BitWriter(Span<byte> output)
    {
        private readonly Span<byte> _output = output;
        private ulong _bits;
        private int _count;
        private int _position;
        private bool _full;

        /// <summary>False when the output is full.</summary>
        public bool Write(int code, int width)
        {
            _bits |= (ulong)(uint)code << _count;
            _count += width;
            if (_count < 32) return true;
            if (_output.Length - _position < 4)
            {
                _full = true;
                _count = 0;
                return false;
            }

            BinaryPrimitives.WriteUInt32LittleEndian(_output[_position..], (uint)_bits);
            _position += 4;
            _bits >>= 32;
            _count -= 32;
            return true;
        }

        /// <summary>Pads the last byte with zero bits. Returns the bytes written, or -1 when the output was too small.</summary>
        public int Finish()
        {
            int rest = (_count + 7) / 8;
            if (_full || _output.Length - _position < rest) return -1;
            for (; _count > 0; _count -= 8, _bits >>= 8) _output[_position++] = (byte)_bits;
            return _position;
        }
    }
}
