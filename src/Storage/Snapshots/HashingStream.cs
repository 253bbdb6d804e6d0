using System.Security.Cryptography;

namespace Consul.Fast.Storage.Snapshots;

/// <summary>
/// A state stream of known length on its way into an archive: hashes what passes and insists on the length. The archive writer
/// needs <see cref="Length"/> before the first byte, and asks only streams that claim to seek.
/// </summary>
internal sealed class HashingStream(Stream source, long length) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _position;

    public override bool CanSeek => true;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>Hash of everything that passed.</summary>
    public byte[] Hash() => _hash.GetCurrentHash();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Account(buffer.Span[..count], buffer.Length);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = source.Read(buffer, offset, count);
        Account(buffer.AsSpan(offset, read), count);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }

    private void Account(ReadOnlySpan<byte> bytes, int wanted)
    {
        _hash.AppendData(bytes);
        _position += bytes.Length;
        if (_position > length || (bytes.Length == 0 && wanted > 0 && _position < length))
            throw new InvalidDataException(
                $"the state has {(_position > length ? "more" : "fewer")} bytes than the {length} of its description");
    }
}
