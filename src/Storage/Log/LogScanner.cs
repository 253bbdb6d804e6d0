using System.Buffers;
using System.Buffers.Binary;
using Consul.Fast.Consensus;

namespace Consul.Fast.Storage.Log;

/// <summary>What a log holds.</summary>
/// <param name="Entries">The entries that count.</param>
/// <param name="HardState">The last term and vote.</param>
/// <param name="Tail">Where the log ends.</param>
/// <param name="HasRemains">True when something unfinished follows the end.</param>
internal sealed record ScannedLog(EntryTable Entries, HardState HardState, LogTail Tail, bool HasRemains);

/// <summary>
/// Reads a log once from front to back. Only the last batch may be unfinished, because a batch starts when the one before is
/// durable: whatever cannot be read is the unfinished end if neither a later batch follows nor the mark knows of one, and
/// damage otherwise.
/// </summary>
internal sealed class LogScanner
{
    private readonly SegmentFiles _files;
    private readonly LogGeometry _geometry;
    private readonly uint _salt;
    private readonly DurableMark _mark;
    private readonly byte[] _page;
    private readonly ArrayBufferWriter<byte> _pieces = new();
    private readonly EntryTable _entries = new();
    private readonly IReadOnlyList<int> _segments;
    private long _loaded = -1;
    private HardState _hardState = new(0, 0, "");
    private LogTail _tail;
    private bool _knowsStart;

    /// <summary>Last entry that was forgotten on purpose.</summary>
    private ulong _head;
    private bool _entriesMissing;

    private LogScanner(SegmentFiles files, LogGeometry geometry, uint salt, DurableMark mark)
    {
        _mark = mark;
        _salt = salt;
        _files = files;
        _geometry = geometry;
        _page = new byte[geometry.PageSize];
        _segments = files.Numbers;
    }

    private long End => _segments.Count == 0 ? 0 : (_segments[^1] + 1) * _files.Size;

    /// <exception cref="LogDamagedException">An acknowledged batch cannot be read.</exception>
    public static ScannedLog Scan(SegmentFiles files, LogGeometry geometry, uint salt, DurableMark mark) =>
        new LogScanner(files, geometry, salt, mark).Scan();

    private ScannedLog Scan()
    {
        for (var i = 1; i < _segments.Count; i++)
        {
            if (_segments[i] != _segments[i - 1] + 1) throw Damage("a file is missing", (_segments[i - 1] + 1) * _files.Size);
        }
        var start = _segments.Count == 0 ? 0 : _segments[0] * _files.Size;
        _knowsStart = start == 0;
        _tail = new LogTail(Math.Max(start, LogGeometry.FirstAddress), 0, 0);
        var address = start == 0 ? _tail.Address : SkipForgotten(start);
        while (TryReadBatch(ref address))
        {
        }
        if (_tail.Batch < _mark.Batch || HasLaterBatch(address)) throw Damage(WhyUnreadable(address), address);
        if (End <= _mark.Segment * _files.Size) throw Damage("the file is missing", End);
        if (!_knowsStart || _entriesMissing) throw Damage("the entries before this file are missing", start);
        return new ScannedLog(_entries, _hardState, _tail, address != _tail.Address || HasBytes(address));
    }

    private string WhyUnreadable(long address) => _files.LengthOf((int)(address / _files.Size)) switch
    {
        < 0 => "the file is missing",
        var length when length <= address % _files.Size => $"the file was cut to {length} bytes, acknowledged batches are missing",
        _ => "a batch cannot be read",
    };

    /// <summary>The first file may begin inside a batch whose entries are all forgotten.</summary>
    private long SkipForgotten(long address)
    {
        while (TryReadFrame(address, out var frame, out var payload) && (frame.Part > 0 || _tail.Batch == 0))
        {
            if (frame.Part == 0)
            {
                _tail = _tail with { Address = address, Link = frame.Link, Batch = frame.Batch - 1 };
                return address;
            }
            address = _geometry.NextFrame(LogGeometry.FrameEnd(address, payload.Length));
        }
        return address;
    }

    /// <summary>
    /// Reads the batch at <paramref name="address"/> and applies it. On false the address is that of the first frame that does
    /// not belong there.
    /// </summary>
    private bool TryReadBatch(ref long address)
    {
        _pieces.ResetWrittenCount();
        address = _geometry.NextFrame(address);
        var batch = address;
        var link = _tail.Link;
        for (var part = 0; ; part++)
        {
            if (!TryReadFrame(address, out var frame, out var payload)) return false;
            if (frame.Link != link || frame.Batch != _tail.Batch + 1 || frame.Part != part) return false;
            address = LogGeometry.FrameEnd(address, payload.Length);
            link = frame.Crc;
            if (frame.IsLast && part == 0)
            {
                Apply(payload, batch);
                break;
            }
            _pieces.Write(payload);
            if (!frame.IsLast) continue;
            Apply(_pieces.WrittenSpan, batch);
            break;
        }
        _tail = new LogTail(address, link, _tail.Batch + 1);
        return true;
    }

    private void Apply(ReadOnlySpan<byte> stream, long batch)
    {
        var length = stream.Length;
        while (stream.Length > 0)
        {
            var offset = length - stream.Length;
            var address = _geometry.AddressOf(batch, offset);
            if (!LogRecord.TryTake(stream, out var kind, out var record)) throw Damage("a record cannot be read", address);
            stream = stream[record.Length..];
            switch (kind)
            {
                case RecordKind.Entry:
                    var index = LogRecord.Index(record);
                    if (!_entries.TryAdd(index, new EntryLocation(address, record.Length, (int)(address - batch))))
                        throw Damage($"entry {index} follows entry {_entries.Last}", address);
                    // It replaces what was missing, too: the files of that were given back for this reason.
                    if (index <= _head + 1) _entriesMissing = false;
                    break;
                case RecordKind.HardState:
                    _hardState = LogRecord.ReadHardState(record);
                    break;
                case RecordKind.Head:
                    _knowsStart = true;
                    _head = LogRecord.Index(record);
                    _entries.RemoveTo(_head);
                    _entriesMissing = _entries.Count > 0 && _entries.First != _head + 1;
                    break;
                case RecordKind.Reset:
                    _knowsStart = true;
                    _entriesMissing = false;
                    _entries.Clear();
                    break;
                default:
                    throw Damage($"a record has the unknown kind {(byte)kind}", address);
            }
        }
    }

    /// <summary>The frame at an address, if there is one: the span is valid until the next page is read.</summary>
    private bool TryReadFrame(long address, out LogFrame frame, out ReadOnlySpan<byte> payload)
    {
        frame = default;
        payload = default;
        if (address >= End) return false;
        Load(address);
        var rest = _page.AsSpan((int)(address % _geometry.PageSize));
        if (rest.Length <= LogGeometry.Overhead) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (length <= LogFrame.HeaderSize || length > rest.Length - sizeof(int)) return false;
        if (!LogFrame.TryRead(_salt, rest.Slice(sizeof(int), length), out frame)) return false;
        payload = rest.Slice(LogGeometry.Overhead, length - LogFrame.HeaderSize);
        return true;
    }

    /// <summary>
    /// Whether a frame of a later batch than the one that cannot be read lies behind an address. Every page in use starts with
    /// a frame, so an empty page start spares looking through the page.
    /// </summary>
    private bool HasLaterBatch(long address)
    {
        for (var page = _geometry.PageStart(address); page < End; page += _geometry.PageSize)
        {
            var from = Math.Max(address, page);
            if (from == page && !HasBytes(page)) continue;
            for (var at = from; at < page + _geometry.PageSize; at += sizeof(int))
            {
                if (TryReadFrame(at, out var frame, out _) && frame.Batch > _tail.Batch + 1) return true;
            }
        }
        return false;
    }

    private bool HasBytes(long address)
    {
        if (address >= End) return false;
        Span<byte> word = stackalloc byte[sizeof(int)];
        _files.Read(address, word);
        return word.ContainsAnyExcept((byte)0);
    }

    private void Load(long address)
    {
        var page = _geometry.PageStart(address);
        if (page == _loaded) return;
        _files.Read(page, _page);
        _loaded = page;
    }

    private LogDamagedException Damage(string what, long address)
    {
        var (path, offset) = _files.Locate(address);
        return new LogDamagedException(what, path, offset, _entries.Last);
    }
}
