using System.IO.Pipelines;

namespace Consul.Fast.Perf.Micro;

/// <summary>
/// One end of a connection in memory: a write runs the other end's read loop before it returns, so that an exchange is one
/// thread's work and its cost that of the code alone.
/// </summary>
internal sealed class InlineConnection : Stream
{
    private readonly PipeWriter _output;

    private InlineConnection(PipeReader input, PipeWriter output)
    {
        Input = input;
        _output = output;
    }

    public PipeReader Input { get; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Two ends that are connected.</summary>
    public static (InlineConnection Left, InlineConnection Right) CreatePair()
    {
        var options = new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: 0,
            useSynchronizationContext: false);
        var forth = new Pipe(options);
        var back = new Pipe(options);
        return (new InlineConnection(back.Reader, forth.Writer), new InlineConnection(forth.Reader, back.Writer));
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ValueTask<FlushResult> write = _output.WriteAsync(buffer, cancellationToken);
        if (!write.IsCompletedSuccessfully) throw new InvalidOperationException("A write without a limit waited.");
        if (write.Result.IsCompleted) throw new IOException("The other end is closed.");
        return default;
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _output.Complete();
        base.Dispose(disposing);
    }
}
