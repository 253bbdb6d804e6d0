namespace Consul.Fast.Net.MsgPack;

/// <summary>What a <see cref="MsgPackScanner"/> knows after a piece of input.</summary>
public enum MsgPackScanStatus
{
    /// <summary>The value goes on after the piece.</summary>
    NeedMore,

    /// <summary>The value ends in this piece.</summary>
    Done,

    /// <summary>No msgpack.</summary>
    Malformed,

    /// <summary>The value is, or says it will be, longer than allowed.</summary>
    TooLarge,
}

/// <summary>
/// Finds the end of one msgpack value whose bytes come in pieces. Every byte is looked at once, payloads are stepped over,
/// and the state is a few numbers however deep the value nests: only the count of values still to come matters.
/// </summary>
/// <remarks>A default value is ready to use; one scanner serves one value.</remarks>
public struct MsgPackScanner
{
    private long _values;
    private long _skip;
    private uint _head;
    private byte _headLeft;
    private byte _code;
    private bool _started;

    /// <summary>Bytes of the value seen so far; its length once the status is <see cref="MsgPackScanStatus.Done"/>.</summary>
    public long Length { get; private set; }

    /// <summary>True between the first byte of a value and its end.</summary>
    public readonly bool InProgress => Length > 0;

    /// <summary>Payload bytes that are announced and not yet seen: the least that has to come.</summary>
    public readonly long Announced => _skip;

    /// <summary>Goes on with the next piece.</summary>
    /// <param name="piece">The bytes that follow those of the last call.</param>
    /// <param name="maxBytes">
    /// Longest value allowed. A value is refused as soon as what it announces cannot fit, before its bytes come.
    /// </param>
    /// <param name="used">Bytes of the piece that belong to the value: all of them unless it ends here.</param>
    public MsgPackScanStatus Advance(ReadOnlySpan<byte> piece, long maxBytes, out int used)
    {
        if (!_started)
        {
            _started = true;
            _values = 1;
        }

        int position = 0;
        MsgPackScanStatus status;
        while (true)
        {
            if (_skip > 0)
            {
                int step = (int)Math.Min(_skip, piece.Length - position);
                position += step;
                _skip -= step;
                if (_skip > 0)
                {
                    status = MsgPackScanStatus.NeedMore;
                    break;
                }
            }

            if (_values == 0 && _headLeft == 0)
            {
                status = MsgPackScanStatus.Done;
                break;
            }

            if (position == piece.Length)
            {
                status = MsgPackScanStatus.NeedMore;
                break;
            }

            if (!TakeHeadByte(piece[position++]))
            {
                status = MsgPackScanStatus.Malformed;
                break;
            }

            // Each value that is still to come has at least one byte.
            if (Length + position + _skip + _values > maxBytes)
            {
                status = MsgPackScanStatus.TooLarge;
                break;
            }
        }

        Length += position;
        used = position;
        return status;
    }

    private bool TakeHeadByte(byte value)
    {
        if (_headLeft > 0)
        {
            _head = (_head << 8) | value;
            if (--_headLeft == 0) ApplyLength();
            return true;
        }

        _values--;
        switch (value)
        {
            case < MsgPackCode.FixMap or >= 0xe0:
                return true;
            case < MsgPackCode.FixArray:
                _values += 2 * (value & 0x0f);
                return true;
            case < MsgPackCode.FixRaw:
                _values += value & 0x0f;
                return true;
            case < MsgPackCode.Nil:
                _skip = value & 0x1f;
                return true;
            default:
                return TakeCode(value);
        }
    }

    private bool TakeCode(byte code)
    {
        switch (code)
        {
            case MsgPackCode.Nil or MsgPackCode.False or MsgPackCode.True:
                return true;
            case MsgPackCode.Float32 or MsgPackCode.UInt32 or MsgPackCode.Int32:
                _skip = 4;
                return true;
            case MsgPackCode.Float64 or MsgPackCode.UInt64 or MsgPackCode.Int64:
                _skip = 8;
                return true;
            case MsgPackCode.UInt8 or MsgPackCode.Int8:
                _skip = 1;
                return true;
            case MsgPackCode.UInt16 or MsgPackCode.Int16:
                _skip = 2;
                return true;
            case >= MsgPackCode.FixExt1 and <= MsgPackCode.FixExt16:
                _skip = 1 + (1 << (code - MsgPackCode.FixExt1));
                return true;
            case MsgPackCode.Raw8 or MsgPackCode.Bin8 or MsgPackCode.Ext8:
                return ExpectLength(code, 1);
            case MsgPackCode.Raw16 or MsgPackCode.Bin16 or MsgPackCode.Ext16 or MsgPackCode.Array16 or MsgPackCode.Map16:
                return ExpectLength(code, 2);
            case MsgPackCode.Raw32 or MsgPackCode.Bin32 or MsgPackCode.Ext32 or MsgPackCode.Array32 or MsgPackCode.Map32:
                return ExpectLength(code, 4);
            default:
                return false;
        }
    }

    private bool ExpectLength(byte code, byte lengthBytes)
    {
        _code = code;
        _head = 0;
        _headLeft = lengthBytes;
        return true;
    }

    private void ApplyLength()
    {
        switch (_code)
        {
            case MsgPackCode.Array16 or MsgPackCode.Array32:
                _values += _head;
                break;
            case MsgPackCode.Map16 or MsgPackCode.Map32:
                _values += 2L * _head;
                break;
            case >= MsgPackCode.Ext8 and <= MsgPackCode.Ext32:
                _skip = _head + 1L;
                break;
            default:
                _skip = _head;
                break;
        }
    }
}
