using System.Buffers;
using System.IO.Pipelines;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Timers;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Yamux;

/// <summary>
/// Many streams over one connection, in the protocol of Consul's multiplexed RPC port; both roles.
/// </summary>
/// <remarks>
/// <para>Threads: one read loop (<see cref="RunAsync"/>) handles frames and wakes parked readers inline. Writing has no
/// thread: whoever makes the session dirty while nobody writes becomes the writer and takes along what others add
/// meanwhile. One gate guards the table, the queues and the send side of all streams; nothing of the owners runs under
/// it. Each stream's receive side has a gate of its own, which may be taken under the session's, never the other way.</para>
/// <para>The session does not own the connection: after <see cref="RunAsync"/> has completed, whoever made it closes the
/// connection. Only a write that hangs when the session ends is broken by disposing the stream.</para>
/// </remarks>
public sealed partial class YamuxSession : IAsyncDisposable
{
    /// <summary>First and largest window of each direction of a stream, bytes.</summary>
    internal const int WindowMax = 256 * 1024;

    private const uint IdMax = uint.MaxValue - 1;

    /// <summary>Spare stream objects of a session: as many as a pool of callers keeps.</summary>
    private const int SpareMax = 64;

    private readonly Stream _stream;
    private readonly PipeReader _input;
    private readonly YamuxSettings _settings;
    private readonly TimerWheel _timers;
    private readonly MemoryPool<byte> _pool;
    private readonly IYamuxAcceptor? _acceptor;
    private readonly ILogger _logger;
    private readonly object? _peer;

    private readonly StreamTable _table = new();
    private YamuxStream? _spare;
    private int _spares;
    private uint _nextId;
    private int _inbound;
    private int _unacknowledged;
    private TaskCompletionSource? _openWait;
    private bool _localGoAway;
    private volatile bool _remoteGoAway;
    private volatile bool _ended;
    private volatile string? _closeText;
    private bool _limitLogged;
    private long _unread;

    /// <param name="stream">Where frames are written; plain or TLS.</param>
    /// <param name="input">Where frames are read; completed by <see cref="RunAsync"/>.</param>
    /// <param name="timers">Serves all deadlines of the session with one entry.</param>
    /// <param name="pool">Blocks for queued and unread bytes.</param>
    /// <param name="acceptor">Takes streams of the peer; without one they are reset.</param>
    /// <param name="peer">Names the other side in the log; only its text is used.</param>
    public YamuxSession(Stream stream, PipeReader input, YamuxRole role, YamuxSettings settings, TimerWheel timers, MemoryPool<byte> pool,
        IYamuxAcceptor? acceptor, ILogger logger, object? peer = null)
    {
        _stream = stream;
        _input = input;
        _settings = settings;
        _timers = timers;
        _pool = pool;
        _acceptor = acceptor;
        _logger = logger;
        _peer = peer;
        _nextId = role == YamuxRole.Client ? 1u : 2u;
        _control = new BlockBuffer(pool);
        _onWritten = OnWritten;
        _timer = new YamuxTimer(this);
    }

    /// <summary>New streams can be opened: false once the session is over or the peer sent GoAway.</summary>
    public bool IsOpen => !_ended && !_remoteGoAway;

    /// <summary>
    /// Why the session ended, null before: <c>EOF</c> and <c>session shutdown</c> for the two orderly ways,
    /// <c>keepalive timeout</c>, <c>connection write timeout</c>, the names of protocol errors, or an I/O error's text.
    /// </summary>
    public string? CloseText => _closeText;

    /// <summary>Why no stream can be opened now, null when one can (after a wait at most).</summary>
    public string? OpenFailure =>
        _ended ? YamuxStream.SessionShutdown
        : _remoteGoAway ? "remote end is not accepting connections"
        : Volatile.Read(ref _nextId) >= IdMax ? "streams exhausted"
        : null;

    /// <summary>Streams open now, in both directions.</summary>
    public int StreamCount => _table.Count;

    /// <summary>Bytes received and not read by the streams' owners, in whole blocks per stream.</summary>
    public long UnreadBytes => Volatile.Read(ref _unread);

    internal Lock Gate { get; } = new();

    /// <summary>
    /// Ends the session at once: every stream fails with <c>session shutdown</c>, queued bytes are dropped, the peer gets no
    /// farewell frame. <see cref="RunAsync"/> completes soon after; this does not wait for it, so it may be called anywhere.
    /// </summary>
    public ValueTask CloseAsync()
    {
        End(YamuxStream.SessionShutdown);
        return ValueTask.CompletedTask;
    }

    /// <summary>Same as <see cref="CloseAsync"/>.</summary>
    public ValueTask DisposeAsync() => CloseAsync();

    /// <summary>Tells the peer to open no new streams; those it opens nevertheless are reset. Open streams go on.</summary>
    public void GoAway()
    {
        bool claimed;
        lock (Gate)
        {
            if (_ended || _localGoAway) return;
            _localGoAway = true;
            QueueControl(new FrameHeader(FrameType.GoAway, FrameFlags.None, 0, (uint)GoAwayCode.Normal));
            claimed = ClaimWriter();
        }

        if (claimed) Pump();
    }

    /// <summary>A read half's share of the budgets grows; false when that is too much.</summary>
    internal bool TryHoldUnread(long bytes)
    {
        long held = Interlocked.Add(ref _unread, bytes);
        _settings.ReceiveBudget.Add(bytes);
        return held <= _settings.SessionReceiveMax && !_settings.ReceiveBudget.IsExceeded(held);
    }

    internal void ReleaseUnread(long bytes)
    {
        Interlocked.Add(ref _unread, -bytes);
        _settings.ReceiveBudget.Add(-bytes);
    }

    /// <summary>Ends the session once; the first text stays. Wakes every reader, writer and opener.</summary>
    private void End(string text)
    {
        YamuxStream[] streams;
        TaskCompletionSource? openers;
        TaskCompletionSource? control;
        lock (Gate)
        {
            if (_ended) return;
            _closeText = text;
            _ended = true;
            streams = _table.Drain();
            foreach (YamuxStream stream in streams) Fail(stream, YamuxStream.SessionShutdown);
            _control.Clear();
            _spare = null;
            (openers, _openWait) = (_openWait, null);
            (control, _controlWait) = (_controlWait, null);
        }

        YamuxLog.Ended(_logger, _peer, text);
        _timers.Cancel(_timer);
        foreach (YamuxStream stream in streams) stream.Reader.End(stream.Id);
        openers?.TrySetResult();
        control?.TrySetResult();
        Interlocked.MemoryBarrier();
        if (_writePending) BreakWrite();
        _input.CancelPendingRead();
    }
}
