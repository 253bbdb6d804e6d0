using Consul.Fast.Storage.Log;
using Microsoft.Win32.SafeHandles;

namespace Consul.Fast.Storage.Tests.Log;

/// <summary>Counts the calls and fails on purpose. Does not really sync: the tests do not cut the power.</summary>
internal sealed class FaultyIo : IDiskIo
{
    public int Writes { get; private set; }

    public int Syncs { get; private set; }

    /// <summary>The calls (writes, syncs, openings) that still succeed; negative for all.</summary>
    public int CallsUntilFailure { get; set; } = -1;

    /// <summary>Bytes of a failing write that reach the file all the same.</summary>
    public int PartialBytes { get; set; }

    public SafeFileHandle Open(string path, long size)
    {
        Spend("no space left on device");
        return DiskIo.Instance.Open(path, size);
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        Writes++;
        try
        {
            Spend("no space left on device");
        }
        catch (IOException)
        {
            DiskIo.Instance.Write(file, bytes[..Math.Min(bytes.Length, PartialBytes)], offset);
            throw;
        }
        DiskIo.Instance.Write(file, bytes, offset);
    }

    public void Sync(SafeFileHandle file)
    {
        Syncs++;
        Spend("input/output error");
    }

    public void Delete(string path) => DiskIo.Instance.Delete(path);

    public void SyncDirectory(string path)
    {
    }

    private void Spend(string error)
    {
        if (CallsUntilFailure == 0) throw new IOException(error);
        if (CallsUntilFailure > 0) CallsUntilFailure--;
    }
}
