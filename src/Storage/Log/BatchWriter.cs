using FASTER.core;

namespace Consul.Fast.Storage.Log;

/// <summary>The end of the log: where the next batch goes and what it continues.</summary>
/// <param name="Address">Address behind the last durable batch.</param>
/// <param name="Link">Checksum of the last durable frame; 0 in an empty log.</param>
/// <param name="Batch">Number of the last durable batch; 0 in an empty log.</param>
internal readonly record struct LogTail(long Address, uint Link, ulong Batch);

/// <summary>
/// Appends batches through a <see cref="FasterLog"/>: FASTER lays the frames out in its pages and hands the pages to the
/// device, this class syncs. Belongs to the log writer.
/// </summary>
/// <remarks>
/// FASTER's own commit records stay off (<c>FastCommitMode</c>): the frames say already where a batch ends and protect it by
/// checksum, and without them a commit is smaller and recovery has one kind of record to understand.
/// </remarks>
internal sealed class BatchWriter : IDisposable
{
    /// <summary>FASTER keeps the page that is filled and the next.</summary>
    private const int Pages = 2;

    private readonly SegmentFiles _files;
    private readonly LogGeometry _geometry;
    private readonly uint _salt;
    private readonly DurableMark _mark;
    private SegmentDevice? _device;
    private FasterLog? _log;
    private long _abandoned = -1;

    public BatchWriter(SegmentFiles files, LogGeometry geometry, uint salt, LogTail tail, DurableMark mark)
    {
        _mark = mark;
        _files = files;
        _geometry = geometry;
        _salt = salt;
        Tail = tail;
    }

    public LogTail Tail { get; private set; }

    /// <summary>Writes a batch and syncs it. After a failure the log still ends where it ended before.</summary>
    /// <returns>Address of the batch.</returns>
    /// <exception cref="IOException">The batch is not durable.</exception>
    public long Write(ReadOnlyMemory<byte> payload)
    {
        try
        {
            _mark.Advance(Tail.Batch);
            _log ??= OpenAt(Tail.Address);
            var batch = _geometry.NextFrame(Tail.Address);
            var link = WriteFrames(batch, payload);
            _log.Commit();
            if (_log.FlushedUntilAddress < _log.TailAddress) throw new InvalidOperationException("FASTER left part of a commit unwritten");
            if (_device!.Failure is { } failure) throw new IOException($"cannot write the raft log: {failure.Message}", failure);
            _files.Sync();
            Tail = new LogTail(_log.TailAddress, link, Tail.Batch + 1);
            _abandoned = -1;
            return batch;
        }
        catch
        {
            Abandon();
            throw;
        }
    }

    /// <summary>Makes one more try to wipe out a batch that failed, so that it is not found when the log is opened again.</summary>
    public void Dispose()
    {
        _log?.Dispose();
        TryErase();
    }

    private uint WriteFrames(long batch, ReadOnlyMemory<byte> payload)
    {
        var link = Tail.Link;
        var address = batch;
        for (var part = 0; payload.Length > 0; part++)
        {
            var piece = payload[..Math.Min(payload.Length, _geometry.Capacity(address))];
            payload = payload[piece.Length..];
            var frame = LogFrame.Seal(_salt, link, Tail.Batch + 1, part, payload.Length == 0, piece.Span);
            var placed = _log!.Enqueue(new FrameEntry(frame, piece));
            if (placed != address) throw new InvalidOperationException($"FASTER placed a frame at {placed}, expected {address}");
            link = frame.Crc;
            address = LogGeometry.FrameEnd(address, piece.Length);
        }
        return link;
    }

    private FasterLog OpenAt(long address)
    {
        _device = new SegmentDevice(_files);
        using var settings = new FasterLogSettings
        {
            LogDevice = _device,
            LogCommitManager = new NoCommitFiles(),
            PageSize = _geometry.PageSize,
            MemorySize = Pages * _geometry.PageSize,
            SegmentSize = _files.Size,
            TryRecoverLatest = false,
        };
        var log = new FasterLog(settings);
        if (address > LogGeometry.FirstAddress) log.Initialize(address, address);
        return log;
    }

    /// <summary>Puts the log back to its durable end: FASTER cannot take frames back, so it is opened anew.</summary>
    private void Abandon()
    {
        _log?.Dispose();
        _log = null;
        _device = null;
        _files.ForgetUnsynced();
        _abandoned = _geometry.NextFrame(Tail.Address);
        TryErase();
    }

    /// <summary>
    /// Overwrites the header of an abandoned batch. The next batch would do it too; this is for the process that ends before.
    /// </summary>
    private void TryErase()
    {
        if (_abandoned < 0) return;
        try
        {
            var number = (int)(_abandoned / _files.Size);
            if (_files.Exists(number))
            {
                _files.Write(number, _abandoned % _files.Size, stackalloc byte[LogGeometry.Overhead]);
                _files.Sync();
            }
            _abandoned = -1;
        }
        catch (IOException)
        {
            // The disk still refuses. The failure itself was reported; the next batch or the closing of the log tries again.
            _files.ForgetUnsynced();
        }
    }
}
