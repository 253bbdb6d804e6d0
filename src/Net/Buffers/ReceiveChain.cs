using System.Buffers;

namespace Consul.Fast.Net.Buffers;

/// <summary>
/// What a pipe reader keeps: received bytes in a chain of pool blocks, and how many of them nobody has looked at yet. An
/// empty chain holds no block.
/// </summary>
/// <remarks>Not thread safe. Being a field of its owner it costs no object, so it must not be copied.</remarks>
internal struct ReceiveChain(MemoryPool<byte> pool)
{
    private readonly MemoryPool<byte> _pool = pool;
    private ReceiveSegment? _first;
    private ReceiveSegment? _last;
    private int _firstOffset;
    private long _length;
    private long _unexamined;

    /// <summary>Bytes not consumed; may be read without the owner's lock, and is then a moment old.</summary>
    public readonly long Length => Volatile.Read(in _length);

    /// <summary>There are bytes that the last reader has not examined.</summary>
    public readonly bool HasNew => _unexamined > 0;

    /// <summary>All bytes; valid until they are taken.</summary>
    public readonly ReadOnlySequence<byte> Bytes =>
        _first is null ? default : new ReadOnlySequence<byte>(_first, _firstOffset, _last!, _last!.Written);

    /// <summary>
    /// Room for at least <paramref name="bytesMin"/> bytes at the end; <see cref="Commit"/> tells how much of it was filled.
    /// </summary>
    public Memory<byte> Reserve(int bytesMin)
    {
        if (_last is null || _last.Free.Length < bytesMin) AddSegment();
        return _last!.Free;
    }

    public void Commit(int count)
    {
        _last!.Advance(count);
        _length += count;
        _unexamined += count;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> room = Reserve(1).Span;
            int count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            Commit(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Forgets what was consumed, notes what was examined, and gives the number of bytes consumed.</summary>
    public int Take(SequencePosition consumed, SequencePosition examined)
    {
        // Nothing was there to be looked at: what has come since is new.
        if (consumed.GetObject() is not ReceiveSegment target || _first is null) return 0;
        long start = _first.RunningIndex + _firstOffset;
        long end = start + _length;
        long taken = target.RunningIndex + consumed.GetInteger() - start;
        long seen = examined.GetObject() is ReceiveSegment last ? last.RunningIndex + examined.GetInteger() : start;
        if (taken < 0 || taken > _length || seen < start + taken || seen > end)
            throw new InvalidOperationException("The position is not within what was read.");
        _unexamined = end - seen;
        _length -= taken;
        DropTo(target, consumed.GetInteger());
        return (int)taken;
    }

    /// <summary>Returns the block of a reservation that brought nothing.</summary>
    public void ReleaseIfEmpty()
    {
        if (_length == 0) Clear();
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        while (_first is not null) _first = _first.Return();
        _last = null;
        _firstOffset = 0;
        _length = 0;
        _unexamined = 0;
    }

    private void AddSegment()
    {
        ReceiveSegment segment = ReceiveSegment.Rent(_pool, _last);
        _first ??= segment;
        _last = segment;
    }

    private void DropTo(ReceiveSegment target, int offset)
    {
        while (_first != target) _first = _first!.Return();
        _firstOffset = offset;
        if (_length == 0)
        {
            Clear();
        }
        else if (_firstOffset == _first.Written && _first.NextSegment is not null)
        {
            _first = _first.Return();
            _firstOffset = 0;
        }
    }
}
