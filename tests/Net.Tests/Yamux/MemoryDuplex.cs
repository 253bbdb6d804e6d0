using System.IO.Pipelines;

namespace Consul.Fast.Net.Tests.Yamux;

/// <summary>
/// Two connected ends in memory, each a stream to write to and a reader to read from, as a connection offers them. Inline
/// by default: a write runs the other side's read loop before it returns, so tests need no waiting.
/// </summary>
internal sealed class MemoryDuplex
{
    /// <param name="scheduler">Where the readers go on; inline without one.</param>
    /// <param name="capacity">Bytes under way per direction before a write waits; 0 is no limit.</param>
    public MemoryDuplex(PipeScheduler? scheduler = null, int capacity = 0)
    {
        var options = new PipeOptions(
            readerScheduler: scheduler ?? PipeScheduler.Inline,
            writerScheduler: scheduler ?? PipeScheduler.Inline,
            pauseWriterThreshold: capacity,
            resumeWriterThreshold: capacity / 2,
            useSynchronizationContext: false);
        var forth = new Pipe(options);
        var back = new Pipe(options);
        Left = new MemoryEnd(back.Reader, forth.Writer);
        Right = new MemoryEnd(forth.Reader, back.Writer);
    }

    public MemoryEnd Left { get; }

    public MemoryEnd Right { get; }
}

/// <summary>One end; the stream only writes.</summary>
internal sealed class MemoryEnd(PipeReader input, PipeWriter output) : Stream
{
    public PipeReader Input => input;

    public PipeWriter Output => output;

    /// <summary>Sees every write before it leaves.</summary>
    public Action<ReadOnlyMemory<byte>>? Tap { get; set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Tap?.Invoke(buffer);
        ValueTask<FlushResult> write = output.WriteAsync(buffer, cancellationToken);
        if (!write.IsCompletedSuccessfully) return WaitAsync(write.AsTask());
        Check(write.Result);
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
        output.CancelPendingFlush();
        output.Complete();
        base.Dispose(disposing);
    }

    private static async ValueTask WaitAsync(Task<FlushResult> write) => Check(await write.ConfigureAwait(false));

    private static void Check(FlushResult result)
    {
        if (result.IsCompleted || result.IsCanceled) throw new IOException("The connection was closed.");
    }
}
