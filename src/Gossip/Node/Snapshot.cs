using System.Globalization;
using System.Net;
using System.Text;
using Consul.Fast.Gossip.Core.Options;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Gossip.Node;

/// <summary>
/// The file that remembers members and clocks between runs: a line for each change, written twice a second, and rewritten when
/// it has become too long. Methods are called on the loop and only note; a timer writes.
/// </summary>
internal sealed class Snapshot : IDisposable
{
    private const int BytesMin = 128 * 1024;
    private const int BytesPerNode = 2 * 128;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);
    private readonly string _path;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly StringBuilder _pending = new();
    private readonly Dictionary<string, string> _alive = new(StringComparer.Ordinal);
    private readonly Timer _timer;
    private FileStream? _file;
    private LamportTimes _clocks;
    private bool _hasLeft;
    private bool _mustCompact;

    private Snapshot(string path, ILogger logger)
    {
        _path = path;
        _logger = logger;
        _timer = new Timer(static snapshot => ((Snapshot)snapshot!).Flush(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Clocks of the run before; zero without one.</summary>
    public LamportTimes Clocks { get; private set; }

    /// <summary>Members of the run before.</summary>
    public IReadOnlyList<(string Name, IPEndPoint Address)> Previous { get; private set; } = [];

    /// <summary>Reads the file, if there is one, and goes on with it.</summary>
    /// <param name="rejoinAfterLeave">A departure in the file does not count.</param>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static Snapshot Open(string path, bool rejoinAfterLeave, ILogger logger)
    {
        var snapshot = new Snapshot(path, logger);
        if (File.Exists(path)) snapshot.Read(rejoinAfterLeave);
        snapshot.Clocks = snapshot._clocks;
        snapshot.Previous = [.. snapshot._alive.Select(static pair => (pair.Key, IPEndPoint.Parse(pair.Value)))];
        snapshot._file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        snapshot._timer.Change(s_interval, s_interval);
        return snapshot;
    }

    public void Alive(string name, IPEndPoint address)
    {
        lock (_gate)
        {
            _alive[name] = address.ToString();
            Append($"alive: {name} {address}\n");
        }
    }

    public void NotAlive(string name)
    {
        lock (_gate)
        {
            _alive.Remove(name);
            Append($"not-alive: {name}\n");
        }
    }

    /// <summary>Writes the clocks that have grown.</summary>
    public void NoteClocks(LamportTimes clocks)
    {
        if (clocks == _clocks) return;
        lock (_gate)
        {
            if (clocks.Member > _clocks.Member) AppendAlways($"clock: {clocks.Member}\n");
            if (clocks.Event > _clocks.Event) AppendAlways($"event-clock: {clocks.Event}\n");
            if (clocks.Query > _clocks.Query) AppendAlways($"query-clock: {clocks.Query}\n");
            _clocks = clocks;
        }
    }

    /// <summary>The pool is left in order: nobody is remembered.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            Append("leave\n");
            _hasLeft = true;
        }

        Flush();
    }

    public void Dispose()
    {
        _timer.Dispose();
        Flush();
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void Append(string line)
    {
        if (!_hasLeft) AppendAlways(line);
    }

    private void AppendAlways(string line)
    {
        // More than a whole file is waiting: a new one is shorter.
        if (_pending.Length > BytesMin && !_hasLeft) _mustCompact = true;
        if (_mustCompact) _pending.Clear();
        else _pending.Append(line);
    }

    private void Flush()
    {
        lock (_gate)
        {
            if (_file is null) return;
            try
            {
                if (_pending.Length > 0)
                {
                    _file.Write(Encoding.UTF8.GetBytes(_pending.ToString()));
                    _file.Flush();
                    _pending.Clear();
                }

                if (!_hasLeft && (_mustCompact || _file.Length > Math.Max(BytesMin, (long)BytesPerNode * _alive.Count))) Compact();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _mustCompact = true;
                Log.SnapshotFailed(_logger, _path, exception.Message);
            }
        }
    }

    private void Compact()
    {
        string fresh = _path + ".compact";
        StringBuilder text = new();
        foreach ((string name, string address) in _alive) text.Append(CultureInfo.InvariantCulture, $"alive: {name} {address}\n");
        text.Append(CultureInfo.InvariantCulture, $"clock: {_clocks.Member}\nevent-clock: {_clocks.Event}\nquery-clock: {_clocks.Query}\n");
        using (FileStream file = new(fresh, FileMode.Create, FileAccess.Write))
        {
            file.Write(Encoding.UTF8.GetBytes(text.ToString()));
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, _path, overwrite: true);
        _file!.Dispose();
        _file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
        _mustCompact = false;
        _pending.Clear();
    }

    private void Read(bool rejoinAfterLeave)
    {
        int skipped = 0;
        string text = File.ReadAllText(_path);
        int whole = text.LastIndexOf('\n') + 1;
        foreach (ReadOnlySpan<char> line in text.AsSpan(0, whole).EnumerateLines())
        {
            if (!line.IsEmpty && !TryRead(line, rejoinAfterLeave)) skipped++;
        }

        if (skipped > 0) Log.SnapshotLinesSkipped(_logger, _path, skipped);
    }

    private bool TryRead(ReadOnlySpan<char> line, bool rejoinAfterLeave)
    {
        if (line is "leave")
        {
            if (rejoinAfterLeave) return true;
            _alive.Clear();
            _clocks = default;
            return true;
        }

        if (line[0] == '#') return true;
        int colon = line.IndexOf(": ");
        if (colon < 0) return false;
        ReadOnlySpan<char> value = line[(colon + 2)..];
        switch (line[..colon])
        {
            case "alive":
                int space = value.LastIndexOf(' ');
                if (space <= 0 || !IPEndPoint.TryParse(value[(space + 1)..], out _)) return false;
                _alive[value[..space].ToString()] = value[(space + 1)..].ToString();
                return true;
            case "not-alive":
                _alive.Remove(value.ToString());
                return true;
            case "coordinate":
                return true;
            case "clock" when ulong.TryParse(value, out ulong member):
                _clocks = _clocks with { Member = member };
                return true;
            case "event-clock" when ulong.TryParse(value, out ulong userEvent):
                _clocks = _clocks with { Event = userEvent };
                return true;
            case "query-clock" when ulong.TryParse(value, out ulong query):
                _clocks = _clocks with { Query = query };
                return true;
            default:
                return false;
        }
    }
}
