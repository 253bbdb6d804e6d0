namespace Consul.Fast.Consensus.Node;

/// <summary>Reads a stream in blocks and stores what was read into another one.</summary>
/// <param name="cancellation">Ends a read that waits for the source.</param>
internal sealed class StoringStream(Stream source, Stream copy, CancellationToken cancellation) : Stream
{
    private readonly byte[] _block = new byte[64 * 1024];
    private int _start;
    private int _end;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Bytes stored so far.</summary>
    public long Stored { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        if (_start == _end && !Fill()) return 0;
        int count = Math.Min(buffer.Length, _end - _start);
        _block.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Stores what the reader left unread.</summary>
    public void StoreRest()
    {
        while (Fill())
        {
        }
    }

    public override void Flush()
    {
        // Nothing is buffered on the way to the copy.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private bool Fill()
    {
        _start = 0;
        _end = ReadSource();
        copy.Write(_block, 0, _end);
        Stored += _end;
        return _end > 0;
    }

    private int ReadSource()
    {
        try
        {
            // The reader of the state is synchronous; only an asynchronous read can be called off.
            return cancellation.CanBeCanceled
                ? source.ReadAsync(_block, cancellation).AsTask().GetAwaiter().GetResult()
                : source.Read(_block);
        }
        catch (EndOfStreamException e)
        {
            throw new IOException("short read", e);
        }
    }
}
