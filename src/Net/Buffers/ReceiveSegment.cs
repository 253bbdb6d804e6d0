using System.Buffers;

namespace Consul.Fast.Net.Buffers;

/// <summary>One pool block of received bytes. Segments themselves are reused over the whole process.</summary>
internal sealed class ReceiveSegment : ReadOnlySequenceSegment<byte>
{
    /// <summary>A full window is 64 blocks of 4 KiB; this serves 64 streams with full windows, in 300 KB.</summary>
    private const int SpareMax = 4096;

    private static readonly Lock s_gate = new();
    private static ReceiveSegment? s_spare;
    private static int s_spares;

    private IMemoryOwner<byte>? _owner;
    private Memory<byte> _block;

    public int Written { get; private set; }

    public ReceiveSegment? NextSegment => (ReceiveSegment?)Next;

    /// <summary>What can still be written.</summary>
    public Memory<byte> Free => _block[Written..];

    /// <summary>An empty segment with a fresh block, behind <paramref name="previous"/> when there is one.</summary>
    public static ReceiveSegment Rent(MemoryPool<byte> pool, ReceiveSegment? previous)
    {
        ReceiveSegment segment = TakeSpare() ?? new ReceiveSegment();
        segment._owner = pool.Rent();
        segment._block = segment._owner.Memory;
        segment.Written = 0;
        segment.Memory = default;
        segment.RunningIndex = previous is null ? 0 : previous.RunningIndex + previous.Written;
        if (previous is not null) previous.Next = segment;
        return segment;
    }

    /// <summary>
    /// Makes more bytes visible. A reader may look at the segment meanwhile: object and offset of the memory stay the same,
    /// so it sees the old or the new length, both of which hold what it was given.
    /// </summary>
    public void Advance(int count)
    {
        Written += count;
        Memory = _block[..Written];
    }

    /// <summary>Gives block and segment back; the next segment is returned.</summary>
    public ReceiveSegment? Return()
    {
        ReceiveSegment? next = NextSegment;
        _owner!.Dispose();
        _owner = null;
        _block = default;
        Memory = default;
        Next = null;
        lock (s_gate)
        {
            if (s_spares == SpareMax) return next;
            Next = s_spare;
            s_spare = this;
            s_spares++;
        }

        return next;
    }

    private static ReceiveSegment? TakeSpare()
    {
        lock (s_gate)
        {
            ReceiveSegment? segment = s_spare;
            if (segment is null) return null;
            s_spare = segment.NextSegment;
            s_spares--;
            segment.Next = null;
            return segment;
        }
    }
}
