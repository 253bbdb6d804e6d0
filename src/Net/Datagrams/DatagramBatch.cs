using System.Buffers;

namespace Consul.Fast.Net.Datagrams;

/// <summary>
/// Room for a number of datagrams in pinned pool blocks: filled by <see cref="IDatagramEndpoint.ReceiveAsync"/>, or by its
/// owner for <see cref="IDatagramEndpoint.SendAsync"/>. Kept and reused for the life of a loop.
/// </summary>
/// <remarks>
/// One owner at a time, and an endpoint while it works on the batch. Disposing a batch an endpoint still works on is
/// allowed: the blocks go back when it is done. Slots for the longest datagrams cost address space rather than memory,
/// because the pages behind short datagrams are never touched.
/// </remarks>
public sealed class DatagramBatch : IDisposable
{
    /// <summary>Fits every datagram of UDP, so that none can be truncated.</summary>
    public const int LargestDatagram = 65_535;

    /// <summary>Enough to make the system call's own cost small; more mostly costs cache.</summary>
    public const int DefaultCapacity = 32;

    /// <summary>What the system accepts in one call.</summary>
    public const int CapacityMax = 1024;

    private const int CacheLine = 64;

    private readonly IMemoryOwner<byte>[] _blocks;
    private readonly MemoryHandle[] _pins;
    private readonly Datagram[] _datagrams;
    private readonly int _stride;
    private readonly int _slotsPerBlock;
    private int _users = 1;
    private int _disposed;

    /// <param name="pool">Where the blocks come from.</param>
    /// <param name="capacity">Datagrams, 1 to <see cref="CapacityMax"/>.</param>
    /// <param name="slotBytes">Bytes per datagram; longer ones are truncated and marked so.</param>
    public DatagramBatch(MemoryPool<byte> pool, int capacity = DefaultCapacity, int slotBytes = LargestDatagram)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, CapacityMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(slotBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slotBytes, LargestDatagram);
        SlotBytes = slotBytes;
        // One spare byte tells an endpoint without flags that a datagram was longer than the slot.
        _stride = (slotBytes + CacheLine) & ~(CacheLine - 1);
        _slotsPerBlock = Math.Clamp(pool.MaxBufferSize / _stride, 1, capacity);
        _datagrams = new Datagram[capacity];
        _blocks = new IMemoryOwner<byte>[(capacity + _slotsPerBlock - 1) / _slotsPerBlock];
        _pins = new MemoryHandle[_blocks.Length];
        for (int i = 0; i < _blocks.Length; i++)
        {
            _blocks[i] = pool.Rent(_slotsPerBlock * _stride);
            _pins[i] = _blocks[i].Memory.Pin();
        }
    }

    /// <summary>Datagrams the batch has room for.</summary>
    public int Capacity => _datagrams.Length;

    /// <summary>Bytes one datagram may have.</summary>
    public int SlotBytes { get; }

    /// <summary>Datagrams in the batch.</summary>
    public int Count { get; private set; }

    public bool IsFull => Count == Capacity;

    /// <summary>When the datagrams were received, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long ReceivedAt { get; private set; }

    /// <summary>Where the next datagram to send is written before <see cref="Append"/>; only for a batch that is not full.</summary>
    public Span<byte> NextSlot => Slot(Count)[..SlotBytes];

    /// <summary>The headers of the system's batch calls over the slots; made at first use.</summary>
    internal MessageVector Vector => field ??= new MessageVector(this);

    public ref readonly Datagram this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return ref _datagrams[index];
        }
    }

    /// <summary>The bytes of a datagram, which may be changed in place; valid until the batch is used again.</summary>
    public Span<byte> Payload(int index) => Slot(index)[..this[index].Length];

    /// <summary>As <see cref="Payload"/>, for what decodes in place.</summary>
    public Memory<byte> PayloadMemory(int index) => Memory(index)[..this[index].Length];

    /// <summary>Takes the first bytes of <see cref="NextSlot"/> as a datagram to send.</summary>
    public void Append(PeerAddress to, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)SlotBytes, nameof(length));
        ArgumentOutOfRangeException.ThrowIfEqual(Count, Capacity);
        _datagrams[Count++] = new Datagram { Address = to, Length = length };
    }

    /// <summary>Copies a datagram to send into the batch.</summary>
    /// <returns>False when the batch is full or the datagram longer than a slot.</returns>
    public bool TryAppend(PeerAddress to, ReadOnlySpan<byte> payload)
    {
        if (IsFull || payload.Length > SlotBytes) return false;
        payload.CopyTo(NextSlot);
        Append(to, payload.Length);
        return true;
    }

    /// <summary>Forgets all datagrams.</summary>
    public void Clear() => Count = 0;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) Exit();
    }

    /// <summary>Keeps the blocks until <see cref="Exit"/>.</summary>
    internal void Enter()
    {
        // The owner's own use keeps the count above zero until Dispose; past that nobody may come in.
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users) return;
            users = seen;
        }

        ObjectDisposedException.ThrowIf(true, this);
    }

    internal void Exit()
    {
        if (Interlocked.Decrement(ref _users) != 0) return;
        for (int i = 0; i < _blocks.Length; i++)
        {
            _pins[i].Dispose();
            _blocks[i].Dispose();
        }
    }

    /// <summary>All bytes of a slot, one more than <see cref="SlotBytes"/> at least.</summary>
    internal Span<byte> Slot(int index) => Memory(index).Span;

    internal Memory<byte> Memory(int index)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _users) == 0, this);
        return _blocks[index / _slotsPerBlock].Memory.Slice(index % _slotsPerBlock * _stride, _stride);
    }

    internal unsafe byte* SlotPointer(int index) =>
        (byte*)_pins[index / _slotsPerBlock].Pointer + (index % _slotsPerBlock * _stride);

    internal void SetReceived(int index, PeerAddress from, int length, bool isTruncated)
    {
        ref Datagram datagram = ref _datagrams[index];
        datagram.Address = from;
        datagram.Length = length;
        datagram.IsTruncated = isTruncated;
        datagram.Status = DatagramStatus.None;
    }

    internal void EndReceive(int count, long timestamp)
    {
        Count = count;
        ReceivedAt = timestamp;
    }

    internal void SetStatus(int index, DatagramStatus status) => _datagrams[index].Status = status;
}
