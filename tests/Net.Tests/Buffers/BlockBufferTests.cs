using System.Buffers;
using Consul.Fast.Net.Buffers;

namespace Consul.Fast.Net.Tests.Buffers;

public sealed class BlockBufferTests
{
    [Fact]
    public void Random_writes_takes_and_moves_keep_every_byte_in_order_and_return_every_block()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var pool = new PinnedBlockPool(blockSize: 16);
            using var front = new BlockBuffer(pool);
            using var back = new BlockBuffer(pool);
            byte next = 0, expected = 0;
            for (int step = 0; step < 200; step++)
            {
                switch (random.Next(4))
                {
                    case 0:
                        byte[] bytes = new byte[random.Next(1, 40)];
                        for (int i = 0; i < bytes.Length; i++) bytes[i] = next++;
                        front.Write(bytes);
                        break;
                    case 1:
                        front.MoveTo(back);
                        break;
                    default:
                        byte[] taken = new byte[random.Next((int)back.Length + 1)];
                        back.Take(taken);
                        foreach (byte b in taken) Assert.True(b == expected++, $"seed {seed}, step {step}");
                        break;
                }
            }

            front.MoveTo(back);
            byte[] rest = new byte[back.Length];
            back.Take(rest);
            foreach (byte b in rest) Assert.True(b == expected++, $"seed {seed}");
            Assert.True(next == expected, $"seed {seed}");
            Assert.Equal(0, pool.Outstanding);
        }
    }

    [Fact]
    public void A_large_hint_gets_one_piece()
    {
        var pool = new PinnedBlockPool(blockSize: 16);
        using var buffer = new BlockBuffer(pool);
        buffer.Write("abc"u8);
        Assert.True(buffer.GetSpan(100).Length >= 100);
        buffer.Clear();
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void A_block_returned_twice_is_found()
    {
        IMemoryOwner<byte> block = new PinnedBlockPool().Rent();
        block.Dispose();
        Assert.Throws<InvalidOperationException>(block.Dispose);
    }

    [Fact]
    public void Many_small_moves_share_blocks()
    {
        var pool = new PinnedBlockPool(blockSize: 64);
        using var front = new BlockBuffer(pool);
        using var back = new BlockBuffer(pool);
        for (int i = 0; i < 640; i++)
        {
            front.Write([(byte)i]);
            front.MoveTo(back);
        }

        Assert.Equal(10, pool.Outstanding);
        byte[] taken = new byte[640];
        back.Take(taken);
        for (int i = 0; i < taken.Length; i++) Assert.Equal((byte)i, taken[i]);
    }

    [Fact]
    public void Moving_allocates_nothing_in_steady_state()
    {
        var pool = new PinnedBlockPool(blockSize: 64);
        using var front = new BlockBuffer(pool);
        using var back = new BlockBuffer(pool);
        byte[] bytes = new byte[150];
        for (int i = 0; i < 100; i++) Turn();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Turn();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Turn()
        {
            front.Write(bytes);
            front.MoveTo(back);
            back.Take(bytes);
        }
    }

    [Fact]
    public void Steady_use_allocates_nothing()
    {
        var pool = new PinnedBlockPool(blockSize: 64);
        using var buffer = new BlockBuffer(pool);
        byte[] bytes = new byte[150];
        for (int i = 0; i < 100; i++) Turn();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Turn();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Turn()
        {
            buffer.Write(bytes);
            buffer.Take(bytes);
        }
    }
}
