using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Consul.Fast.Storage.Log;

/// <summary>The system calls that make data durable. Every one throws <see cref="IOException"/> when it fails.</summary>
internal interface IDiskIo
{
    /// <summary>Opens or creates a file of at least <paramref name="size"/> bytes whose blocks are reserved.</summary>
    SafeFileHandle Open(string path, long size);

    void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Returns when everything written to the file survives a power failure.</summary>
    void Sync(SafeFileHandle file);

    /// <summary>Removes a name. Durable after <see cref="SyncDirectory"/>.</summary>
    void Delete(string path);

    /// <summary>Makes names created or removed in a directory durable.</summary>
    void SyncDirectory(string path);
}

/// <summary>
/// The real calls. Writes are plain, followed by one <c>fdatasync</c>: measured as cheap as a write-through file for one
/// write, and a batch of several pages still costs one sync.
/// </summary>
internal sealed partial class DiskIo : IDiskIo
{
    public static readonly DiskIo Instance = new();

    public SafeFileHandle Open(string path, long size)
    {
        var length = File.Exists(path) ? new FileInfo(path).Length : 0;
        // Reserved blocks keep a write inside the file from failing for lack of space, and make its sync cheap.
        return length >= size
            ? File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite)
            : OpenReserved(path, size);
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file, bytes, offset);

    public void Sync(SafeFileHandle file)
    {
        if (DataSync(file) != 0) throw Failure("fdatasync");
    }

    public void Delete(string path) => File.Delete(path);

    public void SyncDirectory(string path)
    {
        // A directory can only be opened by the call itself; the framework's file API refuses.
        var descriptor = OpenDescriptor(path, 0);
        if (descriptor < 0) throw Failure($"open {path}");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (FileSync(handle) != 0) throw Failure($"fsync {path}");
    }

    private static SafeFileHandle OpenReserved(string path, long size)
    {
        var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        // Returns the error instead of setting errno.
        var error = Reserve(handle, 0, size);
        if (error != 0)
        {
            handle.Dispose();
            throw new IOException($"cannot reserve {size} bytes for {path}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
        if (FileSync(handle) == 0) return handle;
        handle.Dispose();
        throw Failure($"fsync {path}");
    }

    private static IOException Failure(string call) =>
        new($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int Reserve(SafeFileHandle file, long offset, long length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDescriptor(string path, int flags);
}
