using System.Buffers.Binary;

namespace Consul.Fast.Storage.Snapshots;

/// <summary>
/// The compressed side of an archive. Looks at the gzip header before decompression starts, and keeps the last bytes of the
/// whole input: the decompressor ignores what follows the compressed data, but then those bytes are not the length it ends with.
/// </summary>
internal sealed class GzipInput : ForwardStream
{
    private const int HeaderSize = 10;

    private readonly Stream _input;
    private readonly byte[] _header;
    private uint _last;
    private int _position;

    private GzipInput(Stream input, byte[] header)
    {
        _input = input;
        _header = header;
    }

    /// <exception cref="InvalidDataException">The input does not start as gzip.</exception>
    public static async Task<GzipInput> OpenAsync(Stream input, CancellationToken cancellation)
    {
        var header = new byte[HeaderSize];
        var count = await input.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (count == 0) throw new InvalidDataException("failed to decompress snapshot: EOF");
        if (count < HeaderSize) throw new InvalidDataException("failed to decompress snapshot: unexpected EOF");
        if (!header.AsSpan().StartsWith([(byte)0x1f, (byte)0x8b, (byte)8]))
            throw new InvalidDataException("failed to decompress snapshot: gzip: invalid header");
        return new GzipInput(input, header);
    }

    /// <summary>Reads the rest of the input and tells whether it ends as compressed data of so many raw bytes ends.</summary>
    public async Task<bool> EndsWithLengthAsync(long rawLength, CancellationToken cancellation)
    {
        var rest = new byte[4096];
        while (await ReadAsync(rest, cancellation).ConfigureAwait(false) > 0)
        {
        }
        return _last == (uint)rawLength;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        if (_position < _header.Length)
        {
            count = Math.Min(buffer.Length, _header.Length - _position);
            _header.AsMemory(_position, count).CopyTo(buffer);
            _position += count;
        }
        else
        {
            count = await _input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        Remember(buffer.Span[..count]);
        return count;
    }

    private void Remember(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= sizeof(uint)) _last = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]);
        else foreach (var value in bytes) _last = (_last >> 8) | ((uint)value << 24);
    }
}
