using System.Globalization;

namespace Consul.Fast.Storage.Log;

/// <summary>The data was written in a format that this binary does not know.</summary>
public sealed class DataFormatException(string message) : IOException(message);

/// <summary>
/// The file <c>version</c> beside log and snapshots: the number of the format they are in, so that an older binary refuses newer
/// data instead of calling it damaged.
/// </summary>
public static class FormatVersion
{
    /// <summary>The newest format that this binary reads, and the one it writes.</summary>
    public const int Supported = 1;

    private const string FileName = "version";

    /// <summary>Checks the directory of log and snapshots, which is created and marked when it is new.</summary>
    /// <exception cref="DataFormatException">The directory was written by a newer version, or its mark is unreadable.</exception>
    public static void Check(string directory)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            var log = Path.Combine(directory, FasterRaftLog.DirectoryName);
            if (Directory.Exists(log) && Directory.EnumerateFiles(log).Any())
                throw new DataFormatException($"data directory {directory} holds a log but no {FileName} file");
            Mark(directory, path);
            return;
        }
        var text = File.ReadAllText(path).Trim();
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var format) || format == 0)
            throw new DataFormatException($"{path} is not a format version: \"{text}\"");
        if (format > Supported)
            throw new DataFormatException(
                $"data directory was written by a newer version (format {format}, this binary supports {Supported})");
    }

    private static void Mark(string directory, string path)
    {
        var temporary = path + ".tmp";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write("1\n"u8);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
        DiskIo.Instance.SyncDirectory(directory);
    }
}
