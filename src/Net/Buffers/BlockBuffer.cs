using System.Buffers;

namespace Consul.Fast.Net.Buffers;

/// <summary>
/// A byte queue over a chain of pool blocks: written at one end through <see cref="IBufferWriter{T}"/>, taken from the
/// other. An empty queue holds no block.
/// </summary>
/// <remarks>Not thread safe: one owner at a time. Segments are reused, so steady use allocates nothing.</remarks>
/// <param name="pool">Where blocks come from.</param>
public sealed class BlockBuffer(MemoryPool<byte> pool) : IBufferWriter<byte>, IDisposable
{
    /// <summary>Segments a queue keeps for itself; those of large messages go round through a list of the process.</summary>
    private const int SpareMax = 2;

    private Segment? _first;
    private Segment? _last;
    private Segment? _spare;
    private int _spares;
    private int _firstOffset;
    private Memory<byte> _free;

    /// <summary>Bytes written and not taken.</summary>
    public long Length { get; private set; }

    public bool IsEmpty => Length == 0;

    /// <summary>The bytes of the first block that can be taken in one piece; empty only when the queue is.</summary>
    public ReadOnlyMemory<byte> FirstSpan
    {
        get
        {
            DropEmptyHead();
            return _first is null ? default : _first.Memory[_firstOffset.._first.Written];
        }
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_free.Length == 0 || _free.Length < sizeHint) AddBlock(sizeHint);
        return _free;
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_free.Length == 0 || _free.Length < sizeHint) AddBlock(sizeHint);
        return _free.Span;
    }

    public void Advance(int count)
    {
        if (count == 0) return;
        _free = _free[count..];
        _last!.Written += count;
        Length += count;
    }

    /// <summary>Forgets the first <paramref name="count"/> bytes and returns blocks that are used up.</summary>
    public void Consume(long count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length);
        if (count == 0) return;
        Length -= count;
        while (count > 0)
        {
            int inBlock = (int)Math.Min(count, _first!.Written - _firstOffset);
            _firstOffset += inBlock;
            count -= inBlock;
            if (_firstOffset == _first.Written && count > 0) DropHead();
        }

        if (Length == 0) Clear();
    }

    /// <summary>Copies the first bytes to <paramref name="target"/> and forgets them.</summary>
    public void Take(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            ReadOnlySpan<byte> head = FirstSpan.Span;
            int count = Math.Min(head.Length, target.Length);
            ArgumentOutOfRangeException.ThrowIfZero(count);
            head[..count].CopyTo(target);
            target = target[count..];
            Consume(count);
        }
    }

    /// <summary>
    /// Moves everything to the end of another queue of the same pool, without copying unless it fits into the block the
    /// other is filling: many small moves then share a block instead of holding one each.
    /// </summary>
    public void MoveTo(BlockBuffer target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (IsEmpty) return;
        if (Length <= target._free.Length)
        {
            CopyTo(target);
            return;
        }

        if (target.IsEmpty) (target._firstOffset, target._first) = (_firstOffset, _first);
        else AppendTo(target);
        target._last = _last;
        target._free = _free;
        target.Length += Length;
        _first = null;
        _last = null;
        _free = default;
        _firstOffset = 0;
        Length = 0;
        TakeSparesOf(target);
    }

    /// <summary>Forgets everything and returns every block.</summary>
    public void Clear()
    {
        while (_first is not null) DropHead();
        Length = 0;
    }

    public void Dispose()
    {
        Clear();
        _spare = null;
        _spares = 0;
    }

    private void CopyTo(BlockBuffer target)
    {
        while (!IsEmpty)
        {
            ReadOnlySpan<byte> head = FirstSpan.Span;
            head.CopyTo(target._free.Span);
            target.Advance(head.Length);
            Consume(head.Length);
        }
    }

    /// <summary>Segments travel one way; the target frees them, and without this the source would make new ones for ever.</summary>
    private void TakeSparesOf(BlockBuffer target)
    {
        if (_spares >= target._spares) return;
        (_spare, target._spare) = (target._spare, _spare);
        (_spares, target._spares) = (target._spares, _spares);
    }

    private void AppendTo(BlockBuffer target)
    {
        // A head that was partly taken would need an offset in the middle of a chain.
        _first!.SkipTo(_firstOffset);
        target._last!.Next = _first;
    }

    private void AddBlock(int sizeHint)
    {
        if (_first is not null && Length == 0) Clear();
        Segment segment = TakeSpare() ?? Segment.TakeShared() ?? new Segment();
        // Thousands of small blocks for one large message would be more than any pool keeps, and garbage each time.
        segment.Rent(pool, Length < PinnedBlockPool.LargeBlock ? sizeHint : Math.Max(sizeHint, PinnedBlockPool.LargeBlock));
        if (_last is null) _first = segment;
        else _last.Next = segment;
        _last = segment;
        _free = segment.Memory;
    }

    private Segment? TakeSpare()
    {
        if (_spare is not { } segment) return null;
        _spare = segment.Next;
        _spares--;
        segment.Next = null;
        return segment;
    }

    private void DropEmptyHead()
    {
        while (_first is not null && _firstOffset == _first.Written && _first.Next is not null) DropHead();
        if (_first is not null && Length == 0) Clear();
    }

    private void DropHead()
    {
        Segment head = _first!;
        _first = head.Next;
        _firstOffset = 0;
        if (_first is null)
        {
            _last = null;
            _free = default;
        }

        head.Return();
        if (_spares == SpareMax)
        {
            head.Share();
            return;
        }

        head.Next = _spare;
        _spare = head;
        _spares++;
    }

    private sealed class Segment
    {
        /// <summary>Serves 16 MiB under way in 4 KiB blocks, in 230 KB.</summary>
        private const int SharedMax = 4096;

        private static readonly Lock s_gate = new();
        private static Segment? s_shared;
        private static int s_sharedCount;

        private IMemoryOwner<byte>? _owner;

        public Segment? Next { get; set; }

        public Memory<byte> Memory { get; private set; }

        public int Written { get; set; }

        public static Segment? TakeShared()
        {
            lock (s_gate)
            {
                if (s_shared is not { } segment) return null;
                s_shared = segment.Next;
                s_sharedCount--;
                segment.Next = null;
                return segment;
            }
        }

        /// <summary>Leaves a returned segment to whichever queue needs one next.</summary>
        public void Share()
        {
            lock (s_gate)
            {
                if (s_sharedCount == SharedMax) return;
                Next = s_shared;
                s_shared = this;
                s_sharedCount++;
            }
        }

        public void Rent(MemoryPool<byte> pool, int sizeHint)
        {
            _owner = pool.Rent(Math.Max(sizeHint, 1));
            Memory = _owner.Memory;
            Written = 0;
        }

        public void SkipTo(int offset)
        {
            Memory = Memory[offset..];
            Written -= offset;
        }

        public void Return()
        {
            _owner!.Dispose();
            _owner = null;
            Memory = default;
            Next = null;
        }
    }
}
