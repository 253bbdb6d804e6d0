using System.Buffers;
using System.Net;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Datagrams;

namespace Consul.Fast.Net.Tests.Datagrams;

public sealed class DatagramBatchTests
{
    private static readonly PeerAddress Anyone = PeerAddress.From(IPAddress.Loopback, 1);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(32, 1472)]
    [InlineData(32, DatagramBatch.LargestDatagram)]
    [InlineData(DatagramBatch.CapacityMax, 63)]
    [InlineData(100, 64)]
    public void Slots_do_not_overlap_and_all_blocks_go_back(int capacity, int slotBytes)
    {
        var pool = new PinnedBlockPool(PinnedBlockPool.LargeBlock);
        Fill(pool, capacity, slotBytes);
        Assert.Equal(0, pool.Outstanding);
        // A pool of small blocks, and one whose largest block is no measure, serve as well.
        var small = new PinnedBlockPool();
        Fill(small, capacity, slotBytes);
        Assert.Equal(0, small.Outstanding);
        Fill(MemoryPool<byte>.Shared, capacity, slotBytes);
    }

    [Fact]
    public void Small_slots_share_blocks()
    {
        var pool = new PinnedBlockPool(PinnedBlockPool.LargeBlock);
        using var batch = new DatagramBatch(pool, capacity: 32, slotBytes: 1472);
        Assert.Equal(1, pool.Outstanding);
    }

    [Fact]
    public void A_full_batch_and_a_long_datagram_are_refused()
    {
        using var batch = new DatagramBatch(PinnedBlockPool.Small, capacity: 2, slotBytes: 10);
        Assert.False(batch.TryAppend(Anyone, new byte[11]));
        Assert.True(batch.TryAppend(Anyone, new byte[10]));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Append(Anyone, 11));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Append(Anyone, -1));
        Assert.True(batch.TryAppend(Anyone, []));
        Assert.False(batch.TryAppend(Anyone, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Append(Anyone, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch[2].Length);
        batch.Clear();
        Assert.Throws<ArgumentOutOfRangeException>(() => batch[0].Length);
    }

    [Fact]
    public void A_disposed_batch_shows_no_bytes()
    {
        var batch = new DatagramBatch(PinnedBlockPool.Small, capacity: 1, slotBytes: 10);
        batch.TryAppend(Anyone, "x"u8);
        batch.Dispose();
        batch.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch.Payload(0).Length);
    }

    private static void Fill(MemoryPool<byte> pool, int capacity, int slotBytes)
    {
        using var batch = new DatagramBatch(pool, capacity, slotBytes);
        for (int i = 0; i < capacity; i++)
        {
            Assert.Equal(slotBytes, batch.NextSlot.Length);
            batch.NextSlot.Fill((byte)i);
            batch.Append(Anyone, slotBytes);
        }

        Assert.True(batch.IsFull);
        for (int i = 0; i < capacity; i++) Assert.Equal(-1, batch.Payload(i).IndexOfAnyExcept((byte)i));
    }
}
