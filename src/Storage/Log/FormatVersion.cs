using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Consul.Fast.Storage.Log;

/// <summary>The data was written in a format that this binary does not know.</summary>
public sealed class DataFormatException(string message) : IOException(message);

/// <summary>
/// The file <c>version</c> beside log and snapshots: the number of the format they are in, so that an older binary refuses newer
/// data instead of calling it damaged, and the salt of the log's checksums, as <c>2 1f3c07aa</c>.
/// </summary>
public static class FormatVersion
{
    /// <summary>The newest format that this binary reads, and the one it writes.</summary>
    public const int Supported = 2;

    /// <summary>The format before logs had a salt; its salt is 0.</summary>
    private const int Unsalted = 1;

    private const string FileName = "version";

    /// <summary>Checks the directory of log and snapshots, which is created and marked when it is new.</summary>
    /// <returns>The salt of the log's checksums.</returns>
    /// <exception cref="DataFormatException">The directory was written by a newer version, or its mark is unreadable.</exception>
    public static uint Check(string directory)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = Path.Combine(directory, FileName);
        if (File.Exists(path)) return Read(path);
        var log = Path.Combine(directory, FasterRaftLog.DirectoryName);
        if (Directory.Exists(log) && Directory.EnumerateFiles(log).Any())
            throw new DataFormatException($"data directory {directory} holds a log but no {FileName} file");
        return Mark(directory, path);
    }

    private static uint Read(string path)
    {
        var text = File.ReadAllText(path).Trim();
        var parts = text.Split(' ');
        if (!int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var format) || format == 0)
            throw new DataFormatException($"{path} is not a format version: \"{text}\"");
        if (format > Supported)
            throw new DataFormatException(
                $"data directory was written by a newer version (format {format}, this binary supports {Supported})");
        if (format == Unsalted && parts.Length == 1) return 0;
        if (format == Unsalted || parts.Length != 2
            || !uint.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var salt))
            throw new DataFormatException($"{path} does not name the salt of format {format}: \"{text}\"");
        return salt;
    }

    private static uint Mark(string directory, string path)
    {
        var salt = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
        var temporary = path + ".tmp";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Supported} {salt:x8}\n")));
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
        DiskIo.Instance.SyncDirectory(directory);
        return salt;
    }
}
