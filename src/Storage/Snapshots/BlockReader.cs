using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace Consul.Fast.Storage.Snapshots;

/// <summary>Reads a state file (see <see cref="BlockStream"/>) and verifies it on the way. Holds one block in memory.</summary>
internal sealed class BlockReader : ForwardStream
{
    private readonly FileStream _file;
    private readonly byte[] _raw = new byte[BlockStream.BlockSize];
    private readonly byte[] _stored = new byte[BlockStream.BlockSize];
    private int _position;
    private int _filled;
    private long _delivered;
    private uint _crc;
    private bool _ended;

    /// <exception cref="InvalidDataException">The file does not start as a state file.</exception>
    public BlockReader(string path)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Span<byte> mark = stackalloc byte[BlockStream.Mark.Length];
        if (_file.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false) == mark.Length && mark.SequenceEqual(BlockStream.Mark)) return;
        _file.Dispose();
        throw Damage(0, "it is not a state file");
    }

    public override long Position
    {
        get => _delivered;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length == 0 || (_position == _filled && !TryReadBlock())) return 0;
        var count = Math.Min(buffer.Length, _filled - _position);
        _raw.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        _delivered += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
        base.Dispose(disposing);
    }

    private bool TryReadBlock()
    {
        if (_ended) return false;
        var at = _file.Position;
        Span<byte> header = stackalloc byte[BlockStream.HeaderSize];
        ReadFully(at, header);
        var size = BinaryPrimitives.ReadInt32LittleEndian(header);
        var raw = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (size == 0 && raw == 0)
        {
            ReadTrailer(at, crc);
            return false;
        }
        if (size <= 0 || size > raw || raw > BlockStream.BlockSize) throw Damage(at, "a block has an impossible length");
        var stored = _stored.AsSpan(0, size);
        ReadFully(at, stored);
        if (BlockStream.Checksum(_crc, size, raw, stored) != crc) throw Damage(at, "a block has a wrong checksum");
        if (size == raw) stored.CopyTo(_raw);
        else if (LZ4Codec.Decode(stored, _raw.AsSpan(0, raw)) != raw) throw Damage(at, "a block does not decompress");
        (_crc, _position, _filled) = (crc, 0, raw);
        return true;
    }

    private void ReadTrailer(long at, uint crc)
    {
        Span<byte> total = stackalloc byte[sizeof(long)];
        ReadFully(at, total);
        if (BlockStream.Checksum(_crc, 0, 0, total) != crc || BinaryPrimitives.ReadInt64LittleEndian(total) != _delivered)
            throw Damage(at, "the trailer does not match");
        if (_file.Position != _file.Length) throw Damage(_file.Position, "data follows the trailer");
        _ended = true;
    }

    private void ReadFully(long at, Span<byte> target)
    {
        if (_file.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) < target.Length) throw Damage(at, "it ends there");
    }

    private InvalidDataException Damage(long at, string what) => new($"snapshot file {_file.Name} is damaged at byte {at}: {what}");
}
