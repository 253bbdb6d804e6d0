using System.Net;
using System.Text;
using Consul.Fast.Gossip.Core.Options;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Gossip.Node;

/// <summary>
/// The file that remembers members and clocks between runs: a line for each change, written twice a second, and rewritten when
/// it has become too long. Methods are called on the loop and only note; a timer writes. A disk that does not take what is
/// noted is complained about, and tried again.
/// </summary>
internal sealed class Snapshot : IDisposable
{
    private const int BytesMin = 128 * 1024;
    private const int BytesPerNode = 2 * 128;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Pause between tries to write all anew after the disk refused.</summary>
    private static readonly TimeSpan s_repairInterval = TimeSpan.FromSeconds(30);

    private readonly string _path;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;

    /// <summary>Guards what is noted; held for moments only, because the loop waits for it.</summary>
    private readonly Lock _noteGate = new();

    /// <summary>Guards the file; held while the disk works. Taken before the other.</summary>
    private readonly Lock _fileGate = new();

    private readonly SnapshotContent _content = new();
    private readonly SnapshotFile _file;
    private readonly StringBuilder _pending = new();
    private readonly ITimer _timer;
    private LamportTimes _clocks;
    private bool _hasLeft;
    private bool _isBroken;
    private bool _isClosed;
    private long? _refusedAt;

    private Snapshot(string path, bool rejoinAfterLeave, ILogger logger, TimeProvider time)
    {
        _path = path;
        _logger = logger;
        _time = time;
        int skipped = 0;
        _file = SnapshotFile.Open(path, line =>
        {
            if (!_content.TryTake(line, rejoinAfterLeave)) skipped++;
        });
        if (skipped > 0) Log.SnapshotLinesSkipped(logger, path, skipped);
        Clocks = _content.Clocks;
        _clocks = Clocks;
        Previous = [.. _content.Alive];
        _timer = time.CreateTimer(static snapshot => ((Snapshot)snapshot!).Write(), this, s_interval, s_interval);
    }

    /// <summary>Clocks of the run before; zero without one.</summary>
    public LamportTimes Clocks { get; }

    /// <summary>Members of the run before.</summary>
    public IReadOnlyList<KeyValuePair<string, IPEndPoint>> Previous { get; }

    /// <summary>Reads the file, if there is one, and goes on with it.</summary>
    /// <param name="rejoinAfterLeave">A departure in the file does not count.</param>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static Snapshot Open(string path, bool rejoinAfterLeave, ILogger logger, TimeProvider? time = null) =>
        new(path, rejoinAfterLeave, logger, time ?? TimeProvider.System);

    public void Alive(string name, IPEndPoint address)
    {
        lock (_noteGate) Note(_content.SetAlive(name, address));
    }

    public void NotAlive(string name)
    {
        lock (_noteGate) Note(_content.SetNotAlive(name));
    }

    /// <summary>Notes the clocks; those that have grown are written.</summary>
    public void NoteClocks(LamportTimes clocks)
    {
        if (clocks == _clocks) return;
        lock (_noteGate) _clocks = clocks;
    }

    /// <summary>
    /// The pool is left in order: nobody is remembered, and only clocks are written from now on. Waits for the disk; any thread.
    /// </summary>
    public void Leave()
    {
        lock (_noteGate)
        {
            Note("leave\n");
            _hasLeft = true;
        }

        Write(sync: true);
    }

    public void Dispose()
    {
        _timer.Dispose();
        Write(sync: true);
        lock (_fileGate)
        {
            _isClosed = true;
            _file.Dispose();
        }
    }

    private void Note(string line)
    {
        // While the disk refuses, all is written anew one day, and nothing needs to wait for that but the departure.
        if (!_hasLeft && (_pending.Length < BytesMin || line is "leave\n")) _pending.Append(line);
        else if (!_hasLeft) _isBroken = true;
    }

    private void Write(bool sync = false)
    {
        lock (_fileGate)
        {
            if (_isClosed) return;
            try
            {
                if (_isBroken) Repair();
                else Append();
                if (sync) _file.Sync();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _isBroken = true;
                _refusedAt = _time.GetTimestamp();
                Log.SnapshotFailed(_logger, _path, exception.Message);
            }
        }
    }

    private void Append()
    {
        string lines;
        bool hasLeft;
        int alive;
        lock (_noteGate)
        {
            _pending.Append(_content.SetClocks(_clocks));
            lines = _pending.ToString();
            _pending.Clear();
            hasLeft = _hasLeft;
            alive = _content.Alive.Count;
        }

        if (lines.Length > 0) _file.Append(lines);
        if (!hasLeft && _file.Length > Math.Max(BytesMin, (long)BytesPerNode * alive)) Rewrite();
    }

    /// <summary>Lines are missing in the file: all is written anew, but a disk that refused gets time to recover.</summary>
    private void Repair()
    {
        if (_refusedAt is { } refusedAt && _time.GetElapsedTime(refusedAt) < s_repairInterval) return;
        Rewrite();
        _isBroken = false;
        _refusedAt = null;
    }

    private void Rewrite()
    {
        string lines;
        lock (_noteGate)
        {
            _content.SetClocks(_clocks);
            lines = _hasLeft ? $"{_content}leave\n" : _content.ToString();
            _pending.Clear();
        }

        _file.Replace(lines);
    }
}
