using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.State;

/// <summary>
/// Cuts a state stream into its objects. Holds one object at a time: the buffer grows with the bytes that have really come,
/// never on the word of a length in them.
/// </summary>
internal sealed class RecordStream(Stream input)
{
    private const int InitialSize = 64 * 1024;

    private byte[] _buffer = new byte[InitialSize];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Bytes consumed so far, for messages about damage.</summary>
    public long Position { get; private set; }

    /// <summary>Reads the type byte of the next record; false at the end of the stream.</summary>
    public bool TryReadByte(out byte value)
    {
        value = 0;
        if (_start == _end && !Fill()) return false;
        value = _buffer[_start];
        Consume(1);
        return true;
    }

    /// <summary>One whole msgpack object, valid until the next call.</summary>
    /// <exception cref="InvalidDataException">The stream ends inside it, or it is no msgpack.</exception>
    public ReadOnlySpan<byte> ReadObject()
    {
        var measure = default(MsgPackMeasure);
        while (!measure.Advance(_buffer.AsSpan(_start, _end - _start)))
        {
            if (measure.Malformed) throw new InvalidDataException($"the state stream is no msgpack at byte {Position + measure.Length}");
            if (!Fill()) throw new InvalidDataException($"the state stream ends inside the record at byte {Position}");
        }

        ReadOnlySpan<byte> encoded = _buffer.AsSpan(_start, (int)measure.Length);
        Consume(encoded.Length);
        return encoded;
    }

    private void Consume(int count)
    {
        _start += count;
        Position += count;
    }

    private bool Fill()
    {
        if (_ended) return false;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= Array.MaxLength / 2)
                throw new InvalidDataException($"the record at byte {Position} of the state stream is too long");
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int read = input.Read(_buffer, _end, _buffer.Length - _end);
        _ended = read == 0;
        _end += read;
        return read > 0;
    }
}
