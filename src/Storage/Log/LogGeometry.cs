namespace Consul.Fast.Storage.Log;

/// <summary>
/// Where the bytes of a batch lie. A batch is a stream of records cut into frames; a frame never crosses a page, every frame
/// but the last of its batch ends exactly at the end of its page, and what does not hold a minimal frame at the end of a page
/// stays empty. So the address of any byte of a batch follows from the address of the batch alone.
/// </summary>
/// <param name="PageSize">Bytes of a FASTER page, a power of two.</param>
internal readonly record struct LogGeometry(int PageSize)
{
    /// <summary>FASTER leaves the first bytes of its address space unused.</summary>
    public const long FirstAddress = 64;

    /// <summary>Bytes in front of a frame's payload: FASTER's length word and the frame header.</summary>
    public const int Overhead = sizeof(int) + LogFrame.HeaderSize;

    /// <summary>Less room than this at the end of a page is left empty.</summary>
    private const int MinimalRoom = Overhead + 8;

    /// <summary>Start of the page that holds <paramref name="address"/>.</summary>
    public long PageStart(long address) => address & -(long)PageSize;

    /// <summary>Bytes from <paramref name="address"/> to the end of its page.</summary>
    public int Room(long address) => PageSize - (int)(address & (PageSize - 1));

    /// <summary>Address of the first frame of a batch written when the log ends at <paramref name="tail"/>.</summary>
    public long NextFrame(long tail) => Room(tail) < MinimalRoom ? PageStart(tail) + PageSize : tail;

    /// <summary>Payload bytes of a frame at <paramref name="frame"/> that fills its page.</summary>
    public int Capacity(long frame) => Room(frame) - Overhead;

    /// <summary>Address behind a frame with so many payload bytes; frames are aligned to four bytes.</summary>
    public static long FrameEnd(long frame, int payload) => frame + ((Overhead + payload + 3) & ~3);

    /// <summary>Address of byte <paramref name="offset"/> of the batch whose first frame is at <paramref name="batch"/>.</summary>
    public long AddressOf(long batch, long offset)
    {
        var first = Capacity(batch);
        if (offset < first) return batch + Overhead + offset;
        offset -= first;
        var full = PageSize - Overhead;
        return PageStart(batch) + PageSize + offset / full * PageSize + Overhead + offset % full;
    }
}
