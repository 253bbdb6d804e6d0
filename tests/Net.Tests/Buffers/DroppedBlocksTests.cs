using System.Buffers;
using System.Runtime.CompilerServices;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Tests.Transport;

namespace Consul.Fast.Net.Tests.Buffers;

[Collection("Alone")]
public sealed class DroppedBlocksTests
{
    private const int Blocks = 2048;

    [Fact]
    public async Task Blocks_of_a_burst_are_collected_although_nothing_is_allocated_afterwards()
    {
        WeakReference last = Burst();
        await Eventually.TrueAsync(() => !last.IsAlive, "the collection");
    }

    /// <summary>Rents and drops far more than a pool keeps; gives the last block, which nobody keeps.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Burst()
    {
        var pool = new PinnedBlockPool(PinnedBlockPool.LargeBlock, retainedMax: 1);
        var owners = new IMemoryOwner<byte>[Blocks];
        for (int i = 0; i < Blocks; i++) owners[i] = pool.Rent();
        foreach (IMemoryOwner<byte> owner in owners) owner.Dispose();
        return new WeakReference(owners[^1]);
    }
}
