namespace Consul.Fast.Daemon.Agent.Persistence;

/// <summary>
/// Replaces a file as a whole: after a crash either the old or the new content is there. Everything that may fail for lack of
/// space is over when <see cref="Prepare"/> returns, so several files can be prepared before the first takes its place.
/// </summary>
internal sealed class AtomicFile : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly string _temporary;
    private bool _placed;

    private AtomicFile(string path, string temporary)
    {
        _path = path;
        _temporary = temporary;
    }

    /// <param name="durable">Force the file to the disk before it takes its place.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool durable)
    {
        using AtomicFile file = Prepare(path, content, durable);
        file.Place();
    }

    /// <summary>Writes the new content beside the file.</summary>
    /// <param name="durable">Force it to the disk.</param>
    public static AtomicFile Prepare(string path, ReadOnlySpan<byte> content, bool durable)
    {
        string temporary = durable ? $"{path}-{Guid.NewGuid()}.tmp" : path + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mode;
        try
        {
            using var stream = new FileStream(temporary, options);
            stream.Write(content);
            if (durable) stream.Flush(flushToDisk: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        return new AtomicFile(path, temporary);
    }

    /// <summary>Lets the new content take the place of the old.</summary>
    public void Place()
    {
        File.Move(_temporary, _path, overwrite: true);
        _placed = true;
    }

    /// <summary>Removes what did not take its place.</summary>
    public void Dispose()
    {
        if (!_placed) File.Delete(_temporary);
    }
}
