using System.Buffers;

namespace Consul.Fast.Gossip.Wire;

/// <summary>
/// A growing block of bytes with room in front, so that headers whose size depends on what follows are put before it without
/// moving anything. One owner, one thread.
/// </summary>
internal sealed class WireBuffer : IBufferWriter<byte>
{
    /// <summary>A buffer that grew beyond this for one message is given up afterwards.</summary>
    private const int KeptBytesMax = 512 * 1024;

    private readonly int _initialBytes;
    private byte[] _bytes;
    private int _start;
    private int _end;

    public WireBuffer(int initialBytes)
    {
        _initialBytes = initialBytes;
        _bytes = new byte[initialBytes];
    }

    public int Length => _end - _start;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, Length);

    /// <summary>What was written; valid until the next write or reset.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(_start, Length);

    /// <summary>As <see cref="Memory"/>, to be changed in place.</summary>
    public Memory<byte> Writable => _bytes.AsMemory(_start, Length);

    /// <summary>Empties the buffer and leaves room before what is written next.</summary>
    public void Reset(int headroom)
    {
        if (_bytes.Length > Math.Max(KeptBytesMax, _initialBytes)) _bytes = new byte[Math.Max(_initialBytes, headroom)];
        if (_bytes.Length < headroom) _bytes = new byte[headroom];
        _start = headroom;
        _end = headroom;
    }

    /// <summary>Puts bytes before everything written so far; the headroom must have been left.</summary>
    public Span<byte> Prepend(int count)
    {
        _start -= count;
        return _bytes.AsSpan(_start, count);
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - _end));
        _end += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Require(sizeHint);
        return _bytes.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Require(sizeHint);
        return _bytes.AsSpan(_end);
    }

    private void Require(int sizeHint)
    {
        if (_bytes.Length - _end < Math.Max(sizeHint, 1)) Grow(sizeHint);
    }

    private void Grow(int sizeHint)
    {
        int wanted = checked(_end + Math.Max(sizeHint, 1));
        Array.Resize(ref _bytes, Math.Max(wanted, (int)Math.Min(_bytes.Length * 2L, Array.MaxLength)));
    }
}
