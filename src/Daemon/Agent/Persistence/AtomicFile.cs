namespace Consul.Fast.Daemon.Agent.Persistence;

/// <summary>Replaces files as a whole: after a crash either the old or the new content is there.</summary>
internal static class AtomicFile
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="durable">Force the file to the disk before it takes its place.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool durable)
    {
        string temporary = durable ? $"{path}-{Guid.NewGuid()}.tmp" : path + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mode;
        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(content);
                if (durable) stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
