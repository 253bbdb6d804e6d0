using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Persistence;

/// <summary>
/// One directory of small state files, each named by the SHA-256 of the id it belongs to. A file is replaced as a whole:
/// after a crash either the old or the new content is there. Callers take turns.
/// </summary>
/// <param name="durable">Force each file to the disk before it takes its place.</param>
internal sealed class StateFiles(string directory, bool durable, ILogger logger)
{
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Replaces the file of an id. Throws what the file system throws.</summary>
    public void Write(string id, ReadOnlySpan<byte> content)
    {
        using AtomicFile? file = Prepare(id, content);
        file?.Place();
    }

    /// <summary>
    /// Writes the new content of an id's file, which does not count before it is placed; null when a durable file holds the same
    /// already.
    /// </summary>
    public AtomicFile? Prepare(string id, ReadOnlySpan<byte> content)
    {
        string path = PathOf(id);
        if (durable && TryRead(path) is { } old && content.SequenceEqual(old)) return null;
        CreateDirectory();
        return AtomicFile.Prepare(path, content, durable);
    }

    /// <summary>The content of the file of an id, or null.</summary>
    public byte[]? Read(string id) => TryRead(PathOf(id));

    /// <summary>Removes the file of an id, if there is one.</summary>
    public void Delete(string id)
    {
        string path = PathOf(id);
        if (File.Exists(path)) File.Delete(path);
    }

    /// <summary>All files with their content. Left-overs of interrupted writes are passed over.</summary>
    public IEnumerable<(string Path, byte[] Content)> All()
    {
        if (!Directory.Exists(directory)) yield break;
        foreach (string path in Directory.GetFiles(directory).Order(StringComparer.Ordinal))
        {
            if (path.EndsWith("tmp", StringComparison.Ordinal)) logger.IgnoringTemporaryFile(path);
            else yield return (path, File.ReadAllBytes(path));
        }
    }

    /// <summary>Gives a file under the older MD5 name its current one.</summary>
    public void UseCurrentName(string path, string id)
    {
        string current = PathOf(id);
        if (path != current && Path.GetFileName(path).Length < Path.GetFileName(current).Length) File.Move(path, current, overwrite: true);
    }

    private void CreateDirectory()
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, DirectoryMode);
    }

    private string PathOf(string id) => Path.Combine(directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id))));

    private static byte[]? TryRead(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
