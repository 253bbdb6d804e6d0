using System.Buffers;
using Consul.Fast.Consensus;
using Consul.Fast.Storage.Snapshots;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Storage.Log;

/// <summary>
/// The Raft log on FASTER. A batch is encoded while it grows and becomes durable by one write and one sync; until then it lives
/// beside the durable entries, so that a failure only has to forget it.
/// </summary>
/// <remarks>
/// <see cref="TruncateHead"/> and <see cref="Reset"/> belong to the batch like everything else: the space is given back by the
/// <see cref="Sync"/> that makes them durable.
/// </remarks>
public sealed class FasterRaftLog : ILogStore
{
    internal const string DirectoryName = "log";

    /// <summary>A batch buffer that grew larger is not kept.</summary>
    private const int KeptBuffer = 4 << 20;

    private readonly Lock _gate = new();
    private readonly SegmentFiles _files;
    private readonly LogGeometry _geometry;
    private readonly DurableMark _mark;
    private readonly BatchWriter _writer;
    private readonly EntryTable _durable;
    private readonly EntryCache _cache;
    private readonly PendingBatch _pending;
    private readonly EntryReader _reader;
    private readonly ILogger _logger;
    private ArrayBufferWriter<byte> _buffer = new(64 << 10);
    private HardState _durableHardState;
    private HardState _hardState;
    private bool _givesSpaceBack;

    private FasterRaftLog(
        SegmentFiles files, LogGeometry geometry, uint salt, ScannedLog scanned, DurableMark mark, RaftLogOptions options, ILogger logger)
    {
        _files = files;
        _mark = mark;
        _geometry = geometry;
        _durable = scanned.Entries;
        _hardState = _durableHardState = scanned.HardState;
        _cache = new EntryCache(options.CacheEntries, options.CacheBytes);
        _pending = new PendingBatch(_durable);
        _reader = new EntryReader(files, geometry);
        _writer = new BatchWriter(files, geometry, salt, scanned.Tail, mark);
        _logger = logger;
    }

    public ulong FirstIndex
    {
        get
        {
            lock (_gate) return _pending.First;
        }
    }

    public ulong LastIndex
    {
        get
        {
            lock (_gate) return _pending.Last;
        }
    }

    public HardState HardState
    {
        get
        {
            lock (_gate) return _hardState;
        }
    }

    /// <summary>Opens the log below a directory, or starts an empty one.</summary>
    /// <param name="directory">Directory of log and snapshots; the log is in <c>log</c> below it.</param>
    /// <exception cref="LogDamagedException">Acknowledged entries cannot be read.</exception>
    /// <exception cref="DataFormatException">The log was written by a newer version.</exception>
    public static FasterRaftLog Open(string directory, ILogger? logger = null) => Open(directory, new RaftLogOptions(), logger);

    internal static FasterRaftLog Open(string directory, RaftLogOptions options, ILogger? logger = null)
    {
        logger ??= NullLogger.Instance;
        var salt = FormatVersion.Check(directory);
        var mark = new DurableMark(directory, salt, options.Io);
        var files = new SegmentFiles(Path.Combine(directory, DirectoryName), options.SegmentSize, options.Io, mark);
        try
        {
            if (files.Numbers.Count == 0 && FileSnapshotStore.HasAny(directory))
                throw new LogDamagedException("snapshots are there, but no file of the log", files.Locate(0).Path, 0, 0);
            var geometry = new LogGeometry(options.PageSize);
            var scanned = LogScanner.Scan(files, geometry, salt, mark);
            WarnOfLosses(files, scanned, logger);
            Prepare(files, scanned.Tail, mark);
            return new FasterRaftLog(files, geometry, salt, scanned, mark, options, logger);
        }
        catch
        {
            files.Dispose();
            mark.Dispose();
            throw;
        }
    }

    private static void WarnOfLosses(SegmentFiles files, ScannedLog scanned, ILogger logger)
    {
        var (path, offset) = files.Locate(scanned.Tail.Address);
        if (scanned.HasRemains) StorageLog.CutUnfinishedBatch(logger, path, offset);
        foreach (var number in files.Numbers)
        {
            var length = files.LengthOf(number);
            if (length < files.Size) StorageLog.ShortFile(logger, files.Locate(number * files.Size).Path, length, files.Size);
        }
    }

    /// <summary>Makes the end of the log ready for the next batch, in an order that holds after a crash at every step.</summary>
    private static void Prepare(SegmentFiles files, LogTail tail, DurableMark mark)
    {
        files.Reserve(tail.Address);
        files.SyncFound();
        // The last batch is not marked until another follows.
        mark.Start(Math.Max(mark.Batch, tail.Batch == 0 ? 0 : tail.Batch - 1), (int)(tail.Address / files.Size));
        files.DeleteAbove(tail.Address);
    }

    public void Append(ReadOnlySpan<LogEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Index == 0 || (_pending.Last != 0 && entry.Index > _pending.Last + 1))
                throw new ArgumentException($"entry {entry.Index} cannot follow entry {_pending.Last}", nameof(entries));
            var offset = _buffer.WrittenCount;
            var length = LogRecord.WriteEntry(_buffer, entry);
            lock (_gate) _pending.Add(entry, offset, length);
        }
    }

    public void SetHardState(HardState state)
    {
        LogRecord.WriteHardState(_buffer, state);
        lock (_gate) _hardState = state;
    }

    public void TruncateHead(ulong index)
    {
        if (_pending.First == 0 || index < _pending.First) return;
        // The files that hold the older record of term and vote may go with the entries.
        LogRecord.WriteHardState(_buffer, _hardState);
        LogRecord.WriteHead(_buffer, index);
        _givesSpaceBack = true;
        lock (_gate) _pending.RemoveTo(index);
    }

    public void Reset()
    {
        LogRecord.WriteHardState(_buffer, _hardState);
        LogRecord.WriteReset(_buffer);
        _givesSpaceBack = true;
        lock (_gate) _pending.Clear();
    }

    public void Sync()
    {
        if (_buffer.WrittenCount == 0) return;
        long batch;
        try
        {
            batch = _writer.Write(_buffer.WrittenMemory);
        }
        catch
        {
            lock (_gate)
            {
                _pending.Discard();
                _hardState = _durableHardState;
            }
            EndBatch();
            throw;
        }
        lock (_gate)
        {
            _pending.Publish(_cache, _geometry, batch);
            _durableHardState = _hardState;
        }
        if (_givesSpaceBack) GiveSpaceBack(batch);
        EndBatch();
    }

    public bool TryRead(ulong index, out LogEntry entry)
    {
        EntryLocation location;
        lock (_gate)
        {
            entry = _pending.Find(index)!;
            if (entry is not null) return true;
            if (!_pending.KeepsDurable(index)) return false;
            entry = _cache.Find(index)!;
            if (entry is not null) return true;
            location = _durable[index];
        }
        try
        {
            entry = _reader.Read(index, location);
            return true;
        }
        catch (Exception gone) when (gone is ObjectDisposedException or FileNotFoundException)
        {
            // The head was truncated in the meantime; any other reason is a fault.
            lock (_gate)
            {
                if (_pending.KeepsDurable(index) && _durable[index] == location) throw;
            }
            return false;
        }
    }

    public int Read(ulong first, Span<LogEntry> entries)
    {
        int count = 0;
        while (count < entries.Length)
        {
            ulong index = first + (ulong)count;
            int read = ReadTogether(index, entries[count..]);
            if (read == 0)
            {
                if (!TryRead(index, out entries[count])) break;
                read = 1;
            }
            count += read;
        }
        return count;
    }

    /// <summary>Reads what lies together in the files; 0 when that is nothing.</summary>
    private int ReadTogether(ulong first, Span<LogEntry> entries)
    {
        Span<EntryLocation> locations = stackalloc EntryLocation[Math.Min(entries.Length, EntryReader.MaxRun)];
        int count = 0;
        lock (_gate)
        {
            for (; count < locations.Length; count++)
            {
                ulong index = first + (ulong)count;
                if (!_pending.KeepsDurable(index) || _cache.Find(index) is not null) break;
                locations[count] = _durable[index];
            }
        }
        if (count > 0) count = _reader.CountTogether(locations[..count]);
        if (count < 2) return 0;
        try
        {
            _reader.ReadTogether(first, locations[..count], entries);
            return count;
        }
        catch (Exception gone) when (gone is ObjectDisposedException or FileNotFoundException)
        {
            // One by one it turns out which of them the head has left behind.
            return 0;
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _files.Dispose();
        _mark.Dispose();
    }

    /// <summary>Deletes the files in front of what is still needed: the first entry, and the batch that repeats term and vote.</summary>
    private void GiveSpaceBack(long batch)
    {
        var needed = batch;
        if (_durable.Count > 0)
        {
            var first = _durable[_durable.First];
            needed = Math.Min(batch, first.Address - first.Back);
        }
        try
        {
            _files.DeleteBelow(needed);
        }
        catch (IOException failure)
        {
            // The entries are forgotten all the same; only their space stays taken until the next truncation.
            StorageLog.CannotGiveSpaceBack(_logger, failure);
        }
    }

    private void EndBatch()
    {
        _givesSpaceBack = false;
        if (_buffer.Capacity > KeptBuffer) _buffer = new ArrayBufferWriter<byte>(64 << 10);
        else _buffer.ResetWrittenCount();
    }
}
