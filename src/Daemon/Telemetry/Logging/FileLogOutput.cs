using System.Globalization;
using Consul.Fast.Daemon.Config.Runtime;

namespace Consul.Fast.Daemon.Telemetry.Logging;

/// <summary>
/// Writes to a file named after the time of its creation and starts a new one when it is too old or too large; old ones
/// are removed down to the configured number.
/// </summary>
internal sealed class FileLogOutput : ILogOutput
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private static readonly TimeSpan DefaultRotateDuration = TimeSpan.FromHours(24);

    private readonly string _directory;
    private readonly string _baseName;
    private readonly string _extension;
    private readonly TimeSpan _rotateDuration;
    private readonly long _rotateBytes;
    private readonly int _maxFiles;
    private readonly TimeProvider _time;
    private FileStream _file;
    private DateTimeOffset _created;
    private long _written;

    /// <exception cref="IOException">The file cannot be created.</exception>
    public FileLogOutput(LoggingConfig config, TimeProvider time)
    {
        string path = config.File.EndsWith('/') ? config.File + "consul.log" : config.File;
        _directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        _extension = Path.GetExtension(path) is { Length: > 0 } extension ? extension : ".log";
        _baseName = Path.GetFileNameWithoutExtension(path);
        _rotateDuration = config.RotateDuration > TimeSpan.Zero ? config.RotateDuration : DefaultRotateDuration;
        _rotateBytes = config.RotateBytes;
        _maxFiles = config.RotateMaxFiles;
        _time = time;
        _file = Open();
    }

    public void Write(ReadOnlySpan<byte> line)
    {
        bool full = _rotateBytes > 0 && _written >= _rotateBytes;
        if (full || _time.GetUtcNow() - _created >= _rotateDuration) Rotate();
        _file.Write(line);
        _written += line.Length;
    }

    public void Flush() => _file.Flush();

    public void Dispose() => _file.Dispose();

    private void Rotate()
    {
        _file.Dispose();
        Prune();
        _file = Open();
    }

    private FileStream Open()
    {
        Directory.CreateDirectory(_directory);
        _created = _time.GetUtcNow();
        _written = 0;
        long nanoseconds = (_created.UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
        string name = string.Create(CultureInfo.InvariantCulture, $"{_baseName}-{nanoseconds}{_extension}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mode;
        return new FileStream(Path.Combine(_directory, name), options);
    }

    private void Prune()
    {
        if (_maxFiles == 0) return;
        string[] archives = [.. Directory.EnumerateFiles(_directory, $"{_baseName}-*{_extension}").Order(StringComparer.Ordinal)];
        foreach (string archive in archives.Take(archives.Length - Math.Max(0, _maxFiles))) File.Delete(archive);
    }
}
