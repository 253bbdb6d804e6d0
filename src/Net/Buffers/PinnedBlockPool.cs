using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Consul.Fast.Net.Buffers;

/// <summary>
/// Blocks of one size in pinned memory: the kernel reads and writes them in place and the collector never moves them.
/// Thread safe, without locks. Returned blocks are kept up to a cap, the others are left to the collector.
/// </summary>
/// <remarks>
/// A request above the block size is served with a large block, or from the shared array pool, so that callers need not
/// know the size. A block is not cleared: who rents one never sends more of it than it has written.
/// </remarks>
/// <param name="blockSize">Bytes of a block.</param>
/// <param name="retainedMax">Blocks kept for reuse.</param>
public sealed class PinnedBlockPool(int blockSize = PinnedBlockPool.SmallBlock, int retainedMax = PinnedBlockPool.DefaultRetained)
    : MemoryPool<byte>
{
    /// <summary>A page: what a small message or one stream needs.</summary>
    public const int SmallBlock = 4096;

    /// <summary>What one system call moves: a connection's reads and writes under load.</summary>
    public const int LargeBlock = 64 * 1024;

    private const int DefaultRetained = 1024;

    private readonly ConcurrentQueue<Block> _free = new();
    private int _retained;
    private int _outstanding;

    /// <summary>4 KiB blocks for the whole process.</summary>
    public static PinnedBlockPool Small { get; } = new();

    /// <summary>64 KiB blocks for the whole process.</summary>
    public static PinnedBlockPool Large { get; } = new(LargeBlock, 128);

    /// <summary>Blocks rented and not returned.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    public override int MaxBufferSize => blockSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        if (minBufferSize > blockSize) return minBufferSize <= LargeBlock && this != Large ? Large.Rent() : Shared.Rent(minBufferSize);
        Interlocked.Increment(ref _outstanding);
        if (!_free.TryDequeue(out Block? block)) return new Block(this, GC.AllocateUninitializedArray<byte>(blockSize, pinned: true));
        Interlocked.Decrement(ref _retained);
        block.Rent();
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        // Blocks are plain memory: whoever still holds one returns it to the collector.
    }

    private void Return(Block block)
    {
        Interlocked.Decrement(ref _outstanding);
        if (Interlocked.Increment(ref _retained) <= retainedMax)
        {
            _free.Enqueue(block);
            return;
        }

        Interlocked.Decrement(ref _retained);
        DroppedBlocks.Add(blockSize);
    }

    private sealed class Block(PinnedBlockPool pool, byte[] array) : IMemoryOwner<byte>
    {
        private int _returned;

        public Memory<byte> Memory { get; } = MemoryMarshal.CreateFromPinnedArray(array, 0, array.Length);

        public void Rent() => Volatile.Write(ref _returned, 0);

        public void Dispose()
        {
            // A block in the hands of two owners corrupts what either sends; better no answer than a wrong one.
            if (Interlocked.Exchange(ref _returned, 1) != 0) throw new InvalidOperationException("A pooled block was returned twice.");
            pool.Return(this);
        }
    }
}
