namespace Consul.Fast.Net.Buffers;

/// <summary>
/// Sees to it that the memory of a burst is used again. Pinned blocks are freed by full collections only, which come late when
/// the rest of the program allocates little: bursts that follow each other would pile up. Thread safe.
/// </summary>
internal static class DroppedBlocks
{
    /// <summary>A collection is asked for once so much waits for it.</summary>
    private const long BytesMin = 64L * 1024 * 1024;

    /// <summary>A burst has mostly ended by then, and heavy traffic is not collected for all the time.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    private static long s_bytes;
    private static int s_isPending;

    /// <summary>A block of so many bytes was left to the collector.</summary>
    public static void Add(int bytes)
    {
        if (Interlocked.Add(ref s_bytes, bytes) < BytesMin || Interlocked.Exchange(ref s_isPending, 1) != 0) return;
        _ = CollectAsync(GC.CollectionCount(GC.MaxGeneration));
    }

    /// <param name="collections">Full collections so far: another one in the meantime has done what is needed.</param>
    private static async Task CollectAsync(int collections)
    {
        await Task.Delay(s_pause).ConfigureAwait(false);
        Interlocked.Exchange(ref s_bytes, 0);
        Volatile.Write(ref s_isPending, 0);
        if (GC.CollectionCount(GC.MaxGeneration) == collections)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }
}
