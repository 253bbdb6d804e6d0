using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Consul.Fast.Storage.Log;

/// <summary>
/// The files of the log: segment <c>n</c> holds the addresses from <c>n * size</c>. Reading is safe from any thread; the
/// other members belong to the log writer.
/// </summary>
internal sealed class SegmentFiles : IDisposable
{
    private const string Suffix = ".seg";

    private readonly Lock _gate = new();
    private readonly SortedList<int, SafeFileHandle> _open = [];
    private readonly HashSet<SafeFileHandle> _unsynced = [];
    private readonly string _directory;
    private readonly IDiskIo _io;
    private readonly DurableMark _mark;

    /// <param name="size">Bytes of a segment.</param>
    /// <param name="mark">Is told of every segment that is created.</param>
    public SegmentFiles(string directory, long size, IDiskIo io, DurableMark mark)
    {
        _directory = directory;
        _io = io;
        _mark = mark;
        Size = size;
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var path in Directory.EnumerateFiles(directory, "*" + Suffix))
        {
            if (int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                _open.Add(number, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
            }
        }
    }

    public long Size { get; }

    /// <summary>Numbers of the segments there are, ascending.</summary>
    public IReadOnlyList<int> Numbers
    {
        get
        {
            lock (_gate) return [.. _open.Keys];
        }
    }

    public bool Exists(int number)
    {
        lock (_gate) return _open.ContainsKey(number);
    }

    /// <summary>Bytes of a segment's file, which is shorter than <see cref="Size"/> when it was cut; -1 when there is none.</summary>
    public long LengthOf(int number)
    {
        lock (_gate) return _open.TryGetValue(number, out var file) ? RandomAccess.GetLength(file) : -1;
    }

    /// <summary>The file and the position in it that an address stands for.</summary>
    public (string Path, long Offset) Locate(long address) => (PathOf((int)(address / Size)), address % Size);

    /// <summary>
    /// Fills <paramref name="target"/> from one segment; what lies behind the end of the file is zero.
    /// </summary>
    /// <exception cref="FileNotFoundException">The segment is gone.</exception>
    public void Read(long address, Span<byte> target)
    {
        var number = (int)(address / Size);
        SafeFileHandle? file;
        lock (_gate)
        {
            if (!_open.TryGetValue(number, out file)) throw new FileNotFoundException($"{PathOf(number)} is gone");
        }
        var offset = address % Size;
        while (target.Length > 0)
        {
            var count = RandomAccess.Read(file, target, offset);
            if (count == 0) break;
            target = target[count..];
            offset += count;
        }
        target.Clear();
    }

    /// <summary>Writes into one segment, which is created when it is not there. Durable after <see cref="Sync"/>.</summary>
    public void Write(int number, long offset, ReadOnlySpan<byte> bytes)
    {
        var file = OpenForWriting(number);
        _unsynced.Add(file);
        _io.Write(file, bytes, offset);
    }

    public void Sync()
    {
        foreach (var file in _unsynced) _io.Sync(file);
        _unsynced.Clear();
    }

    /// <summary>Makes what was found in the files durable: a process that was killed may not have come to it.</summary>
    public void SyncFound()
    {
        lock (_gate) _unsynced.UnionWith(_open.Values);
        Sync();
    }

    /// <summary>Gives up on writes that were not synced.</summary>
    public void ForgetUnsynced() => _unsynced.Clear();

    /// <summary>Makes sure that the segment of an address has its full size reserved.</summary>
    public void Reserve(long address)
    {
        var number = (int)(address / Size);
        lock (_gate)
        {
            if (_open.Remove(number, out var file)) file.Dispose();
        }
        OpenForWriting(number);
    }

    /// <summary>Deletes the segments that lie wholly below <paramref name="address"/>.</summary>
    public void DeleteBelow(long address)
    {
        var limit = (int)(address / Size);
        Delete(Numbers.Where(n => n < limit));
    }

    /// <summary>Deletes the segments that begin above <paramref name="address"/>.</summary>
    public void DeleteAbove(long address)
    {
        var limit = (int)(address / Size);
        Delete(Numbers.Where(n => n > limit).Reverse());
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var file in _open.Values) file.Dispose();
            _open.Clear();
        }
    }

    private SafeFileHandle OpenForWriting(int number)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(number, out var existing)) return existing;
        }
        var path = PathOf(number);
        var created = !File.Exists(path);
        SafeFileHandle? file = null;
        try
        {
            file = _io.Open(path, Size);
            if (created) _io.SyncDirectory(_directory);
            lock (_gate) _open.Add(number, file);
        }
        catch (IOException) when (created)
        {
            // Half a segment is of no use, and its blocks may be what a full disk lacks.
            file?.Dispose();
            _io.Delete(path);
            throw;
        }
        // From here on the file stays, even if it cannot be marked.
        _mark.AddSegment(number);
        return file;
    }

    /// <summary>Deletes from an end of the log inwards, so that a crash in between leaves no hole.</summary>
    private void Delete(IEnumerable<int> numbers)
    {
        var any = false;
        foreach (var number in numbers)
        {
            SafeFileHandle? file;
            lock (_gate) _open.Remove(number, out file);
            file?.Dispose();
            _io.Delete(PathOf(number));
            any = true;
        }
        if (any) _io.SyncDirectory(_directory);
    }

    private string PathOf(int number) => Path.Combine(_directory, number.ToString("D10", CultureInfo.InvariantCulture) + Suffix);
}
