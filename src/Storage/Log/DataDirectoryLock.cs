using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Consul.Fast.Storage.Log;

/// <summary>Another process works in the data directory.</summary>
public sealed class DataDirectoryInUseException(string message) : IOException(message);

/// <summary>
/// Keeps a second process out of a data directory: an exclusive lock on the file <c>lock</c> in it, which the system releases
/// when the process ends, however it ends. The file stays; it holds the process id for the message.
/// </summary>
public sealed partial class DataDirectoryLock : IDisposable
{
    private const int Exclusive = 2;
    private const int NonBlocking = 4;
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int CloseOnExec = 0x80000;
    private const int OwnerOnly = 0x180;

    private readonly SafeFileHandle _file;

    private DataDirectoryLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock of a directory, which is created when it is not there.</summary>
    /// <exception cref="DataDirectoryInUseException">Another process holds it.</exception>
    public static DataDirectoryLock Acquire(string directory)
    {
        Directory.CreateDirectory(directory);
        // The framework's own opening takes a lock too, and then could not tell who holds it.
        var descriptor = OpenFile(Path.Combine(directory, "lock"), ReadWrite | Create | CloseOnExec, OwnerOnly);
        if (descriptor < 0)
            throw new IOException($"cannot open the lock of {directory}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (LockFile(file, Exclusive | NonBlocking) != 0)
        {
            var holder = ReadHolder(file);
            file.Dispose();
            throw new DataDirectoryInUseException($"data directory {directory} is in use by process {holder}");
        }
        RandomAccess.SetLength(file, 0);
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)), 0);
        return new DataDirectoryLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static string ReadHolder(SafeFileHandle file)
    {
        Span<byte> text = stackalloc byte[16];
        var length = RandomAccess.Read(file, text, 0);
        return length == 0 ? "(unknown)" : Encoding.ASCII.GetString(text[..length]);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "flock")]
    private static partial int LockFile(SafeFileHandle file, int operation);
}
