using Consul.Fast.Storage.Log;
using Microsoft.Win32.SafeHandles;

namespace Consul.Fast.Storage.Tests.Log;

/// <summary>
/// Stops at every step of what is done to the files, and in the middle of every write, and shows what a crash there leaves:
/// what was done so far, when the process is killed; what was synced, when the power fails; and either of both for the mark and
/// for the log, because the system may have written one of them back by itself.
/// </summary>
internal sealed class CrashPointIo(string directory, Action<CrashPointIo> check) : IDiskIo
{
    private readonly Dictionary<SafeFileHandle, string> _paths = [];
    private readonly Dictionary<string, byte[]> _synced = Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
        .ToDictionary(path => path, File.ReadAllBytes);
    private readonly HashSet<string> _durableNames = [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)];

    public int Steps { get; private set; }

    public SafeFileHandle Open(string path, long size)
    {
        Step();
        if (!File.Exists(path))
        {
            // Created, but nothing reserved yet; and half of it.
            File.WriteAllBytes(path, []);
            Step();
            File.WriteAllBytes(path, new byte[size / 2]);
            Step();
        }
        var file = DiskIo.Instance.Open(path, size);
        _paths[file] = path;
        _synced[path] = Content(path);
        Step();
        return file;
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        Step();
        // The mark fits into a sector, which is written whole.
        if (!_paths[file].EndsWith("mark", StringComparison.Ordinal))
        {
            DiskIo.Instance.Write(file, bytes[..(bytes.Length / 2)], offset);
            Step();
        }
        DiskIo.Instance.Write(file, bytes, offset);
        Step();
    }

    public void Sync(SafeFileHandle file)
    {
        if (_paths.TryGetValue(file, out var path)) _synced[path] = Content(path);
        else foreach (var any in Live()) _synced[any] = Content(any);
        Step();
    }

    public void Delete(string path)
    {
        DiskIo.Instance.Delete(path);
        Step();
    }

    public void SyncDirectory(string path)
    {
        _durableNames.RemoveWhere(name => Path.GetDirectoryName(name) == path && !File.Exists(name));
        _durableNames.UnionWith(Live().Where(name => Path.GetDirectoryName(name) == path));
        Step();
    }

    /// <summary>The directories that a crash at this point may leave, one after the other in <paramref name="image"/>.</summary>
    public IEnumerable<string> Images(string image)
    {
        foreach (var (markSurvives, logSurvives) in ((bool, bool)[])[(true, true), (false, false), (true, false), (false, true)])
        {
            if (Directory.Exists(image)) Directory.Delete(image, recursive: true);
            Directory.CreateDirectory(Path.Combine(image, "log"));
            foreach (var path in Live().Union(_durableNames))
            {
                var survives = path.EndsWith("mark", StringComparison.Ordinal) ? markSurvives : logSurvives;
                var target = Path.Combine(image, Path.GetRelativePath(directory, path));
                if (survives && File.Exists(path)) File.WriteAllBytes(target, Content(path));
                else if (!survives && _durableNames.Contains(path)) File.WriteAllBytes(target, _synced[path]);
            }
            yield return $"step {Steps}: mark {(markSurvives ? "kept" : "lost")}, log {(logSurvives ? "kept" : "lost")}";
        }
    }

    private void Step()
    {
        Steps++;
        check(this);
    }

    private IEnumerable<string> Live() => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories);

    private static byte[] Content(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
