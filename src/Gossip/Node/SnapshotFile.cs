using System.Text;

namespace Consul.Fast.Gossip.Node;

/// <summary>The lines of a snapshot on disk. Not thread safe. Every method may throw what file systems throw.</summary>
internal sealed class SnapshotFile : IDisposable
{
    private readonly string _path;
    private FileStream _stream;

    private SnapshotFile(string path, FileStream stream)
    {
        _path = path;
        _stream = stream;
    }

    public long Length => _stream.Length;

    /// <summary>Opens the file, or makes it, with its folder, and reads its lines. A last line that was not finished is cut off.</summary>
    /// <param name="take">Gets each line that is not empty, without its end.</param>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static SnapshotFile Open(string path, Action<string> take)
    {
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
            var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            try
            {
                stream.SetLength(EndOfLines(stream));
                stream.Position = 0;
                using StreamReader reader = new(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
                while (reader.ReadLine() is { } line)
                {
                    if (line.Length > 0) take(line);
                }

                stream.Position = stream.Length;
                return new SnapshotFile(path, stream);
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"failed to open snapshot: {exception.Message}", exception);
        }
    }

    public void Append(string lines)
    {
        _stream.Write(Encoding.UTF8.GetBytes(lines));
        _stream.Flush();
    }

    /// <summary>Waits until everything is on the disk.</summary>
    public void Sync() => _stream.Flush(flushToDisk: true);

    /// <summary>Puts other lines in the place of all; the old ones stay until the new ones are safe.</summary>
    public void Replace(string lines)
    {
        string fresh = _path + ".compact";
        var stream = new FileStream(fresh, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            stream.Write(Encoding.UTF8.GetBytes(lines));
            stream.Flush(flushToDisk: true);
            File.Move(fresh, _path, overwrite: true);
        }
        catch
        {
            stream.Dispose();
            throw;
        }

        _stream.Dispose();
        _stream = stream;
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Where the last line that has an end ends.</summary>
    private static long EndOfLines(FileStream stream)
    {
        byte[] block = new byte[4096];
        for (long end = stream.Length; end > 0;)
        {
            long begin = Math.Max(0, end - block.Length);
            Span<byte> bytes = block.AsSpan(0, (int)(end - begin));
            stream.Position = begin;
            stream.ReadExactly(bytes);
            int newline = bytes.LastIndexOf((byte)'\n');
            if (newline >= 0) return begin + newline + 1;
            end = begin;
        }

        return 0;
    }
}
