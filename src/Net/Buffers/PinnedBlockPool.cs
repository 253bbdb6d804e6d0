using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Consul.Fast.Net.Buffers;

/// <summary>
/// Blocks of one size in pinned memory: the kernel reads and writes them in place and the collector never moves them.
/// Thread safe, without locks. Returned blocks are kept; those beyond a number that stay unused for a while are given back
/// to the system, so that a burst of huge answers costs memory only as long as it lasts.
/// </summary>
/// <remarks>
/// A request above the block size is served with a large block, or from the shared array pool, so that callers need not
/// know the size. A block is not cleared: who rents one never sends more of it than it has written.
/// </remarks>
/// <param name="blockSize">Bytes of a block.</param>
/// <param name="retainedMax">Blocks kept for good.</param>
/// <param name="time">The clock of the trimming; the system's by default.</param>
public sealed class PinnedBlockPool(
    int blockSize = PinnedBlockPool.SmallBlock, int retainedMax = PinnedBlockPool.DefaultRetained, TimeProvider? time = null)
    : MemoryPool<byte>
{
    /// <summary>A page: what a small message or one stream needs.</summary>
    public const int SmallBlock = 4096;

    /// <summary>What one system call moves: a connection's reads and writes under load.</summary>
    public const int LargeBlock = 64 * 1024;

    /// <summary>A block beyond the kept ones goes once it was not needed for this long, or twice as long at most.</summary>
    public static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(5);

    private const int DefaultRetained = 1024;

    private readonly ConcurrentQueue<Block> _free = new();
    private int _retained;

    /// <summary>Fewest free blocks since the last trimming: so many were of no use.</summary>
    private int _leastRetained;
    private int _trimming;
    private ITimer? _timer;
    private int _outstanding;

    /// <summary>4 KiB blocks for the whole process.</summary>
    public static PinnedBlockPool Small { get; } = new();

    /// <summary>64 KiB blocks for the whole process.</summary>
    public static PinnedBlockPool Large { get; } = new(LargeBlock, 128);

    /// <summary>Free blocks that are kept at the moment.</summary>
    internal int Retained => Volatile.Read(ref _retained);

    /// <summary>Blocks rented and not returned.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    public override int MaxBufferSize => blockSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        if (minBufferSize > blockSize) return minBufferSize <= LargeBlock && this != Large ? Large.Rent() : Shared.Rent(minBufferSize);
        Interlocked.Increment(ref _outstanding);
        if (!_free.TryDequeue(out Block? block)) return new Block(this, GC.AllocateUninitializedArray<byte>(blockSize, pinned: true));
        int left = Interlocked.Decrement(ref _retained);
        if (left < Volatile.Read(ref _leastRetained)) Volatile.Write(ref _leastRetained, left);
        block.Rent();
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        // Blocks are plain memory: whoever still holds one returns it to the collector.
        _timer?.Dispose();
    }

    private void Return(Block block)
    {
        Interlocked.Decrement(ref _outstanding);
        _free.Enqueue(block);
        if (Interlocked.Increment(ref _retained) > retainedMax) ScheduleTrim();
    }

    private void ScheduleTrim()
    {
        if (Volatile.Read(ref _trimming) != 0 || Interlocked.Exchange(ref _trimming, 1) != 0) return;
        _timer ??= (time ?? TimeProvider.System).CreateTimer(
            static state => ((PinnedBlockPool)state!).Trim(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Volatile.Write(ref _leastRetained, Volatile.Read(ref _retained));
        _timer.Change(TrimInterval, Timeout.InfiniteTimeSpan);
    }

    private void Trim()
    {
        int retained = Volatile.Read(ref _retained);
        for (int surplus = Math.Min(Volatile.Read(ref _leastRetained), retained) - retainedMax; surplus > 0; surplus--)
        {
            if (!_free.TryDequeue(out Block? block)) break;
            Interlocked.Decrement(ref _retained);
            block.Discard();
        }

        Volatile.Write(ref _trimming, 0);
        if (Volatile.Read(ref _retained) > retainedMax) ScheduleTrim();
    }

    private sealed class Block(PinnedBlockPool pool, byte[] array) : IMemoryOwner<byte>
    {
        private int _returned;

        public Memory<byte> Memory { get; } = MemoryMarshal.CreateFromPinnedArray(array, 0, array.Length);

        public void Rent() => Volatile.Write(ref _returned, 0);

        /// <summary>Frees the memory of a block that nobody uses and nobody will.</summary>
        public void Discard() => UnusedPages.Release(array);

        public void Dispose()
        {
            // A block in the hands of two owners corrupts what either sends; better no answer than a wrong one.
            if (Interlocked.Exchange(ref _returned, 1) != 0) throw new InvalidOperationException("A pooled block was returned twice.");
            pool.Return(this);
        }
    }
}
