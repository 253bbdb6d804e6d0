using System.IO.Pipelines;
using Consul.Fast.Net.Rpc;

namespace Consul.Fast.Net.Tests.Rpc;

/// <summary>
/// One end of a stream in memory. Everything a write causes at the other end runs inside the flush, so a whole exchange is one
/// thread's work.
/// </summary>
internal sealed class MemoryRpcStream : IRpcStream
{
    private readonly Pipe _incoming;
    private readonly Pipe _outgoing;
    private MemoryRpcStream _other = null!;

    private MemoryRpcStream(Pipe incoming, Pipe outgoing)
    {
        _incoming = incoming;
        _outgoing = outgoing;
    }

    public PipeReader Input => _incoming.Reader;

    public PipeWriter Output => _outgoing.Writer;

    public string? Failure { get; private set; }

    public bool IsBroken => Failure is not null;

    public bool IsClosed { get; private set; }

    public bool IsReset { get; private set; }

    public bool IsReleased { get; private set; }

    public static (MemoryRpcStream Caller, MemoryRpcStream Server) Create(int pauseBytes = 0)
    {
        var options = new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: pauseBytes,
            resumeWriterThreshold: pauseBytes / 2,
            useSynchronizationContext: false);
        var up = new Pipe(options);
        var down = new Pipe(options);
        var caller = new MemoryRpcStream(down, up);
        var server = new MemoryRpcStream(up, down) { _other = caller };
        caller._other = server;
        return (caller, server);
    }

    public void Close()
    {
        if (IsClosed) return;
        IsClosed = true;
        _outgoing.Writer.Complete();
    }

    public void Reset()
    {
        IsReset = true;
        _other.Failure ??= "connection reset";
        Failure ??= "stream closed";
        _outgoing.Writer.Complete();
        _incoming.Writer.Complete();
        // A flush that waits for a reader ends as well.
        _outgoing.Writer.CancelPendingFlush();
    }

    public void Release()
    {
        if (IsReleased) throw new InvalidOperationException("Released twice.");
        IsReleased = true;
    }
}
