using System.Buffers.Binary;
using Consul.Fast.Storage.Log;
using K4os.Compression.LZ4;

namespace Consul.Fast.Storage.Snapshots;

/// <summary>Writes a state file (see <see cref="BlockStream"/>). Holds one block in memory.</summary>
internal sealed class BlockWriter : Stream
{
    /// <summary>
    /// Written bytes are pushed to the disk in portions of this size: a sync of the Raft log on the same file system must not
    /// wait for a whole snapshot.
    /// </summary>
    private const int SyncEvery = 4 << 20;

    private readonly FileStream _file;
    private readonly byte[] _raw = new byte[BlockStream.BlockSize];
    private readonly byte[] _stored = new byte[BlockStream.HeaderSize + LZ4Codec.MaximumOutputSize(BlockStream.BlockSize)];
    private int _filled;
    private int _unsynced;
    private uint _crc;

    public BlockWriter(string path)
    {
        _file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        _file.Write(BlockStream.Mark);
    }

    /// <summary>Raw bytes written so far.</summary>
    public long Written { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => Written;

    public override long Position
    {
        get => Written;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Written += buffer.Length;
        while (buffer.Length > 0)
        {
            var count = Math.Min(buffer.Length, _raw.Length - _filled);
            buffer[..count].CopyTo(_raw.AsSpan(_filled));
            buffer = buffer[count..];
            _filled += count;
            if (_filled == _raw.Length) WriteBlock();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void WriteByte(byte value) => Write([value]);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Writes the trailer and makes the file durable.</summary>
    public void Complete()
    {
        WriteBlock();
        Span<byte> trailer = stackalloc byte[BlockStream.TrailerSize];
        trailer.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(trailer[BlockStream.HeaderSize..], Written);
        var crc = BlockStream.Checksum(_crc, 0, 0, trailer[BlockStream.HeaderSize..]);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[8..], crc);
        _file.Write(trailer);
        _file.Flush(flushToDisk: true);
    }

    public override void Flush()
    {
        // Bytes leave by whole blocks.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
        base.Dispose(disposing);
    }

    private void WriteBlock()
    {
        if (_filled == 0) return;
        var raw = _raw.AsSpan(0, _filled);
        var target = _stored.AsSpan(BlockStream.HeaderSize);
        var size = LZ4Codec.Encode(raw, target);
        if (size <= 0 || size >= raw.Length)
        {
            raw.CopyTo(target);
            size = raw.Length;
        }
        _crc = BlockStream.Checksum(_crc, size, raw.Length, target[..size]);
        BinaryPrimitives.WriteInt32LittleEndian(_stored, size);
        BinaryPrimitives.WriteInt32LittleEndian(_stored.AsSpan(4), raw.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(_stored.AsSpan(8), _crc);
        _file.Write(_stored, 0, BlockStream.HeaderSize + size);
        _filled = 0;
        _unsynced += BlockStream.HeaderSize + size;
        if (_unsynced < SyncEvery) return;
        DiskIo.Instance.Sync(_file.SafeFileHandle);
        _unsynced = 0;
    }
}
