using System.Runtime.InteropServices;

namespace Consul.Fast.Net.Buffers;

/// <summary>
/// Gives the memory behind a pinned array back to the system at once. The collector frees an array of this size only with
/// its next full run, which an idle process may never see, and keeps the memory then for its own use.
/// </summary>
internal static unsafe partial class UnusedPages
{
    private const int DontNeed = 4;

    /// <summary>Forgets what the array holds; it stays usable and reads as zero or as before.</summary>
    /// <param name="array">A pinned array that nobody uses.</param>
    public static void Release(byte[] array)
    {
        if (!OperatingSystem.IsLinux()) return;
        nuint page = (nuint)Environment.SystemPageSize;
        // Only pages that are the array's alone: its head and its neighbours share the outer ones.
        nuint start = (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        nuint end = (start + (nuint)array.Length) & ~(page - 1);
        start = (start + page - 1) & ~(page - 1);
        // Advice: a kernel that does not take it leaves everything as it was.
        if (start < end) _ = Advise((void*)start, end - start, DontNeed);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
