using System.Buffers;
using System.IO.Pipelines;
using Consul.Fast.Net.Buffers;

namespace Consul.Fast.Net.Yamux;

/// <summary>
/// One stream of a session: a duplex byte channel with its own flow control. Idle, it holds no buffer.
/// </summary>
/// <remarks>
/// One reader and one writer at a time; the two halves are independent. Whoever got the stream, from opening it or as
/// <see cref="IYamuxAcceptor"/>, calls <see cref="Release"/> once and does not touch it or its halves afterwards: the object
/// then serves another stream.
/// </remarks>
public sealed class YamuxStream : IDuplexPipe
{
    internal const string ConnectionReset = "connection reset";
    internal const string SessionShutdown = "session shutdown";
    internal const string StreamClosed = "stream closed";

    private volatile string? _failure;

    internal YamuxStream(YamuxSession session, MemoryPool<byte> pool)
    {
        Session = session;
        Reader = new YamuxStreamReader(this, pool);
        Writer = new YamuxStreamWriter(this, pool);
        Queued = new BlockBuffer(pool);
    }

    /// <summary>The id on the wire.</summary>
    public uint Id { get; private set; }

    public YamuxSession Session { get; }

    /// <summary>
    /// What the peer sends. A parked read goes on inline on the session's read loop, so what follows it must not block.
    /// Complete after the peer closed its direction, after a reset, or when the session is over; then see
    /// <see cref="Failure"/>. Advancing widens the peer's window.
    /// </summary>
    public PipeReader Input => Reader;

    /// <summary>
    /// What the peer gets. A flush completes at once while less than 64 KiB of the stream are queued, else when half of that
    /// has left; its result is completed when the stream takes no more. Completing the writer sends what was written and
    /// closes this direction.
    /// </summary>
    public PipeWriter Output => Writer;

    /// <summary>
    /// Why the stream is over other than by both sides closing: <c>connection reset</c> (by the peer, or by a limit here),
    /// <c>session shutdown</c>, <c>stream closed</c> (reset by this side, or the peer never closed its direction); null
    /// before.
    /// </summary>
    public string? Failure
    {
        get => _failure;
        internal set => _failure = value;
    }

    internal YamuxStreamReader Reader { get; }

    internal YamuxStreamWriter Writer { get; }

    // All below is guarded by the session's gate.

    /// <summary>Flushed and not sent.</summary>
    internal BlockBuffer Queued { get; }

    internal long SendWindow { get; set; }

    internal long ReceiveWindow { get; set; }

    /// <summary>The peer opened it.</summary>
    internal bool IsInbound { get; private set; }

    /// <summary>We opened it and have told the peer nothing yet.</summary>
    internal bool IsSynPending { get; set; }

    /// <summary>We opened it and the peer has not answered; counts against the backlog.</summary>
    internal bool IsUnacknowledged { get; set; }

    /// <summary>Our direction ends after what is queued.</summary>
    internal bool IsFinQueued { get; set; }

    internal bool IsFinSent { get; set; }

    /// <summary>The peer's direction has ended.</summary>
    internal bool IsRemoteClosed { get; set; }

    /// <summary>The session has forgotten the id.</summary>
    internal bool IsRemoved { get; set; }

    /// <summary>The owner has let go.</summary>
    internal bool IsReleased { get; set; }

    /// <summary>When the stream is overdue, on the clock of the session's timers; valid while in a list of deadlines.</summary>
    internal long Deadline { get; set; }

    internal StreamLink SendLink;

    internal StreamLink TimedLink;

    /// <summary>Next spare object of the session.</summary>
    internal YamuxStream? NextSpare { get; set; }

    /// <summary>Something can be put on the wire now.</summary>
    internal bool CanSend => Queued.IsEmpty ? IsSynPending || (IsFinQueued && !IsFinSent) : SendWindow > 0;

    /// <summary>Half close: the peer sees the end after everything that was flushed. Reading goes on.</summary>
    public void Close() => Session.CloseStream(this);

    /// <summary>Ends both directions at once; what is queued is dropped and the peer sees a reset.</summary>
    public void Reset() => Session.ResetStream(this, Id, StreamClosed);

    /// <summary>
    /// Lets go of the object. A stream that is still open is closed; what the peer still sends is dropped. Must not run
    /// while a read or a flush of this stream is pending.
    /// </summary>
    public void Release() => Session.ReleaseStream(this);

    internal void Start(uint id, bool inbound)
    {
        Id = id;
        Failure = null;
        SendWindow = YamuxSession.WindowMax;
        ReceiveWindow = YamuxSession.WindowMax;
        IsInbound = inbound;
        IsSynPending = !inbound;
        IsUnacknowledged = !inbound;
        IsFinQueued = false;
        IsFinSent = false;
        IsRemoteClosed = false;
        IsRemoved = false;
        IsReleased = false;
        Reader.Start(id);
    }
}
