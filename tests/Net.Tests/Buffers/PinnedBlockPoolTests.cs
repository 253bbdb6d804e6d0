using System.Buffers;
using Consul.Fast.Net.Buffers;

namespace Consul.Fast.Net.Tests.Buffers;

public sealed class PinnedBlockPoolTests : IDisposable
{
    private const int Kept = 2;

    private readonly SteppedTime _time = new();

    public void Dispose() => _time.Dispose();

    [Fact]
    public void Blocks_of_a_burst_are_kept_as_long_as_they_are_needed_again()
    {
        PinnedBlockPool pool = NewPool();
        for (int i = 0; i < 4; i++)
        {
            Burst(pool, 10);
            _time.Step();
        }

        Assert.Equal(10, pool.Retained);
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void Blocks_that_nobody_needed_go_down_to_those_kept_for_good()
    {
        PinnedBlockPool pool = NewPool();
        Burst(pool, 10);
        _time.Step();
        Burst(pool, 4);
        _time.Step();
        Assert.Equal(6, pool.Retained);
        _time.Step();
        Assert.Equal(Kept, pool.Retained);
        Assert.False(_time.IsArmed);
        Burst(pool, 10);
        Assert.True(_time.IsArmed);
    }

    [Fact]
    public void Pool_that_keeps_few_has_no_timer()
    {
        PinnedBlockPool pool = NewPool();
        Burst(pool, Kept);
        Assert.False(_time.IsArmed);
        Assert.Equal(Kept, pool.Retained);
    }

    [Fact]
    public void Trimming_beside_use_loses_and_doubles_nothing()
    {
        PinnedBlockPool pool = NewPool();
        Parallel.For(0, 4, worker =>
        {
            for (int i = 0; i < 2_000; i++)
            {
                IMemoryOwner<byte>[] rented = [.. Enumerable.Range(0, 1 + (i % 5)).Select(_ => pool.Rent())];
                foreach (IMemoryOwner<byte> block in rented) block.Memory.Span.Fill((byte)worker);
                if (worker == 0) _time.Step();
                Assert.All(rented, block => Assert.Equal(-1, block.Memory.Span.IndexOfAnyExcept((byte)worker)));
                foreach (IMemoryOwner<byte> block in rented) block.Dispose();
            }
        });
        Assert.Equal(0, pool.Outstanding);
        for (int i = 0; i < 2; i++) _time.Step();
        Assert.InRange(pool.Retained, 0, Kept);
    }

    [Fact]
    public void Released_pages_are_the_arrays_own()
    {
        byte[][] arrays = [NewArray(), NewArray(), NewArray()];
        foreach (byte[] array in arrays) Array.Fill(array, (byte)1);
        UnusedPages.Release(arrays[1]);
        if (OperatingSystem.IsLinux()) Assert.Equal(0, arrays[1][PinnedBlockPool.LargeBlock / 2]);
        Assert.All([arrays[0], arrays[2]], static array => Assert.Equal(-1, array.AsSpan().IndexOfAnyExcept((byte)1)));
        Array.Fill(arrays[1], (byte)2);
        GC.Collect();
        Assert.Equal(-1, arrays[1].AsSpan().IndexOfAnyExcept((byte)2));
        UnusedPages.Release(NewArray(0));
    }

    private static byte[] NewArray(int length = PinnedBlockPool.LargeBlock) =>
        GC.AllocateUninitializedArray<byte>(length, pinned: true);

    private PinnedBlockPool NewPool() => new(PinnedBlockPool.LargeBlock, Kept, _time);

    private static void Burst(PinnedBlockPool pool, int blocks)
    {
        IMemoryOwner<byte>[] rented = [.. Enumerable.Range(0, blocks).Select(_ => pool.Rent())];
        foreach (IMemoryOwner<byte> block in rented) block.Dispose();
    }

    /// <summary>A clock with one timer, which runs out with each step.</summary>
    private sealed class SteppedTime : TimeProvider, ITimer
    {
        private TimerCallback? _callback;
        private object? _state;
        private int _armed;

        public bool IsArmed => Volatile.Read(ref _armed) != 0;

        public void Step()
        {
            if (Interlocked.Exchange(ref _armed, 0) != 0) _callback!(_state);
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_callback, _state) = (callback, state);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Volatile.Write(ref _armed, 1);
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
