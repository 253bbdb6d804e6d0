using System.Buffers;
using System.IO.Pipelines;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Net.Rpc;

/// <summary>
/// Cuts the bytes of a channel into whole msgpack values, and into raw bytes where a value announces such. A value that lies
/// in one piece is given out where it lies; any other is gathered in a pooled array, and the pipe is drained while it is, so
/// that a peer with a small window can send a message of any size.
/// </summary>
/// <remarks>
/// <para>
/// The owner does the waiting, because an await of its own would cost each message a second state machine:
/// <c>while (reader.Read(...) == NeedMore) reader.Accept(await input.ReadAsync())</c>.
/// </para>
/// <para>One user at a time. A value stays valid until <see cref="Release"/>, which must come before the next read.</para>
/// </remarks>
public sealed class RpcMessageReader(PipeReader input)
{
    /// <summary>
    /// Most that is reserved on a peer's word; beyond this the array doubles as bytes come, so that a lie about a length
    /// costs nothing.
    /// </summary>
    private const int TrustedBytesMax = 256 * 1024;

    private const int FirstBytes = 4096;

    private ReadOnlySequence<byte> _buffer;
    private MsgPackScanner _scanner;
    private byte[]? _gathered;
    private int _gatheredCount;
    private bool _holding;
    private bool _completed;

    /// <summary>True when a value has begun and not ended, or bytes wait behind the last one.</summary>
    public bool HasPending => _scanner.InProgress || (_holding && !_buffer.IsEmpty);

    /// <summary>Takes a read result over; only after <see cref="Read"/> asked for more.</summary>
    public void Accept(in ReadResult result)
    {
        _buffer = result.Buffer;
        _completed = result.IsCompleted;
        _holding = true;
    }

    /// <summary>Gives the next value out if it is there.</summary>
    /// <param name="maxBytes">Longest value allowed.</param>
    public RpcReadStatus Read(long maxBytes, out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (!_holding) return WhenDrained();
        if (_buffer.IsEmpty)
        {
            Drain();
            return WhenDrained();
        }

        if (!_scanner.InProgress)
        {
            ReadOnlyMemory<byte> first = _buffer.First;
            MsgPackScanner trial = default;
            MsgPackScanStatus status = trial.Advance(first.Span, maxBytes, out int used);
            if (status == MsgPackScanStatus.Done)
            {
                message = first[..used];
                _buffer = _buffer.Slice(used);
                return RpcReadStatus.Message;
            }
        }

        return Gather(maxBytes, out message);
    }

    /// <summary>Gives bytes out that belong to no value, as many as lie in one piece.</summary>
    /// <param name="maxBytes">How many are wanted, at least one.</param>
    public RpcReadStatus ReadRaw(long maxBytes, out ReadOnlyMemory<byte> raw)
    {
        raw = default;
        if (_holding && !_buffer.IsEmpty)
        {
            foreach (ReadOnlyMemory<byte> segment in _buffer)
            {
                if (segment.IsEmpty) continue;
                raw = segment[..(int)Math.Min(segment.Length, maxBytes)];
                _buffer = _buffer.Slice(raw.Length);
                return RpcReadStatus.Message;
            }
        }

        if (_holding) Drain();
        return _completed ? RpcReadStatus.Truncated : RpcReadStatus.NeedMore;
    }

    /// <summary>The last value is not needed any more: its memory goes back and the peer's window grows.</summary>
    public void Release()
    {
        ReturnGathered();
        if (_holding && _buffer.IsEmpty) Drain();
    }

    /// <summary>Gives all memory back; the channel is not read any more.</summary>
    public void Close()
    {
        ReturnGathered();
        if (_holding) Drain();
        _completed = true;
    }

    private RpcReadStatus WhenDrained()
    {
        if (!_completed) return RpcReadStatus.NeedMore;
        return _scanner.InProgress ? RpcReadStatus.Truncated : RpcReadStatus.End;
    }

    private RpcReadStatus Gather(long maxBytes, out ReadOnlyMemory<byte> message)
    {
        message = default;
        long taken = 0;
        foreach (ReadOnlyMemory<byte> segment in _buffer)
        {
            MsgPackScanStatus status = _scanner.Advance(segment.Span, maxBytes, out int used);
            if (status == MsgPackScanStatus.Malformed) return RpcReadStatus.Malformed;
            if (status == MsgPackScanStatus.TooLarge) return RpcReadStatus.TooLarge;
            Append(segment.Span[..used]);
            taken += used;
            if (status != MsgPackScanStatus.Done) continue;
            message = _gathered.AsMemory(0, _gatheredCount);
            _buffer = _buffer.Slice(taken);
            _scanner = default;
            return RpcReadStatus.Message;
        }

        Drain();
        return WhenDrained();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        int needed = _gatheredCount + bytes.Length;
        if (_gathered is null || needed > _gathered.Length) Grow(needed);
        bytes.CopyTo(_gathered.AsSpan(_gatheredCount));
        _gatheredCount = needed;
    }

    private void Grow(int needed)
    {
        int announced = needed + (int)Math.Min(_scanner.Announced, TrustedBytesMax);
        int doubled = (int)Math.Min(2L * _gatheredCount, Array.MaxLength);
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(announced, doubled), FirstBytes));
        if (_gathered is not null)
        {
            _gathered.AsSpan(0, _gatheredCount).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_gathered);
        }

        _gathered = larger;
    }

    private void ReturnGathered()
    {
        if (_gathered is null) return;
        ArrayPool<byte>.Shared.Return(_gathered);
        _gathered = null;
        _gatheredCount = 0;
    }

    private void Drain()
    {
        input.AdvanceTo(_buffer.End);
        _buffer = default;
        _holding = false;
    }
}
