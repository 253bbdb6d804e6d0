using System.Collections.Immutable;
using System.Diagnostics;
using System.Threading.Channels;
using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Transport;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Packets;
using Consul.Fast.Gossip.Wire.Security;
using Consul.Fast.Gossip.Wire.Streams;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Datagrams;
using Consul.Fast.Net.Transport;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Gossip.Node;

/// <summary>
/// The one loop that owns a core: a work item of the thread pool that runs when datagrams, work of other threads or a deadline
/// are there, never twice at a time. Everything in the Node folder that says "on the loop" runs inside <see cref="Execute"/>.
/// </summary>
internal sealed partial class NodeLoop : IThreadPoolWorkItem, IAsyncDisposable
{
    private const int Idle = 0;
    private const int Pending = 1;
    private const int Running = 2;

    /// <summary>Batches taken in one turn before others on the thread get their turn.</summary>
    private const int BatchesPerTurn = 8;

    /// <summary>Pause of the loop after a fault of ours, which may come again at once.</summary>
    private const int FaultPauseMilliseconds = 100;

    private readonly GossipNodeOptions _options;
    private readonly ILogger _logger;
    private readonly IDatagramEndpoint _endpoint;
    private readonly WireSettings _wire;
    private readonly GossipCipher? _cipher;
    private readonly PacketReader _reader;
    private readonly PacketWriter _writer;
    private readonly StreamMessageWriter _streamWriter;
    private readonly PacketSender _sender;
    private readonly DecodeScratch _scratch = new();
    private readonly PushPullBuffer _state = new();
    private readonly GossipCore _core;
    private readonly LoopInbox _inbox;
    private readonly PoolPolicy _policy;
    private readonly DatagramBatch _batch = new(PinnedBlockPool.Large);
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpDialer _dialer;
    private readonly Snapshot? _snapshot;
    private readonly Timer _timer;
    private readonly Action _wake;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly LoopCall<bool> _entry;
    private ValueTask<int> _receive;
    private bool _isReceiving;
    private TimeSpan _timerDue = TimeSpan.MaxValue;
    private int _timerFired;
    private int _runState;
    private int _disposed;
    private volatile bool _stopped;
    private ImmutableDictionary<string, Member> _members = ImmutableDictionary<string, Member>.Empty;

    public NodeLoop(GossipNodeOptions options, CoreSettings settings, IDatagramEndpoint endpoint, Snapshot? snapshot, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _endpoint = endpoint;
        _snapshot = snapshot;
        _wake = Wake;
        _inbox = new LoopInbox(_wake);
        _policy = new PoolPolicy(options.Admission, logger);
        _wire = new WireSettings
        {
            Keyring = options.Keyring,
            VerifyIncoming = options.VerifyIncoming,
            VerifyOutgoing = options.VerifyOutgoing,
        };
        _cipher = NewCipher();
        _reader = new PacketReader(_wire, _cipher);
        _writer = new PacketWriter(_wire, _cipher);
        _streamWriter = new StreamMessageWriter(_wire, _cipher);
        _sender = new PacketSender(endpoint, _wake);
        _dialer = new TcpDialer(pool: PinnedBlockPool.Small) { Timeout = options.Swim.StreamTimeout };
        _events = Channel.CreateBounded<PoolEvent>(
            new BoundedChannelOptions(options.EventsMax) { FullMode = BoundedChannelFullMode.DropOldest },
            _ => OnEventDropped());
        _core = new GossipCore(settings, GossipCodec.Instance, _policy, this)
        {
            PacketOverhead = _wire.PacketOverhead,
        };
        _entry = new LoopCall<bool>(Enter);
        _timer = new Timer(static loop => ((NodeLoop)loop!).OnTimer(), this, Timeout.Infinite, Timeout.Infinite);
    }

    public TimeSpan Now => Stopwatch.GetElapsedTime(_start);

    /// <summary>Everybody by name, as of the last change. Readable by any thread.</summary>
    public ImmutableDictionary<string, Member> Members
    {
        get => Volatile.Read(ref _members);
        private set => Volatile.Write(ref _members, value);
    }

    /// <summary>Makes the loop run soon. Any thread.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _runState, Pending) == Idle) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Runs work on the loop and gives its result, or its fault; cancelled when the node stops before. Any thread.</summary>
    /// <exception cref="IOException">The node is overloaded.</exception>
    public Task<T> OnLoop<T>(Func<T> work)
    {
        var call = new LoopCall<T>(work);
        _inbox.Call(call);
        return call.Task;
    }

    public void Execute()
    {
        Volatile.Write(ref _runState, Running);
        Interlocked.MemoryBarrier();
        try
        {
            if (!_stopped) Turn();
        }
        catch (Exception exception) when (!_stopped)
        {
            // A fault of ours in one message must not silence the node for good, nor keep a core busy.
            Log.LoopFailed(_logger, exception);
            _timerDue = TimeSpan.Zero;
            _timer.Change(FaultPauseMilliseconds, Timeout.Infinite);
        }

        if (Interlocked.CompareExchange(ref _runState, Idle, Running) == Running) return;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Ends the loop and waits until it has left the core; whoever waits for an answer is cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        var left = new LoopCall<bool>(Leave);
        _inbox.Add(left);
        await left.Task;
        _inbox.Close();
        await _stop.CancelAsync();
        await _timer.DisposeAsync();
        _endpoint.Dispose();
        _batch.Dispose();
        _sender.Dispose();
        _snapshot?.Dispose();
        _cipher?.Dispose();
        _events.Writer.TryComplete();
    }

    public GossipCipher? NewCipher() => _wire.Keyring is { } keyring ? new GossipCipher(keyring) : null;

    private bool Leave()
    {
        _stopped = true;
        _sender.Flush();
        CancelAll();
        return true;
    }

    private void Turn()
    {
        // Packets may wait in the socket already: whoever comes before this node itself would be taken for it.
        if (!_entry.Task.IsCompleted) _entry.Run();
        Receive();
        RunInbox();
        if (_stopped) return;
        if (_core.NextDeadline is { } due && due <= Now) _core.Tick(Now);
        AnswerKeyQueries();
        _snapshot?.NoteClocks(_core.Clocks);
        Flush();
        PlanTimer();
    }

    private void Receive()
    {
        for (int i = 0; i < BatchesPerTurn; i++)
        {
            if (!_isReceiving)
            {
#pragma warning disable CA2012 // Consumed once, when it is completed: the loop never waits.
                _receive = _endpoint.ReceiveAsync(_batch);
#pragma warning restore CA2012
                _isReceiving = true;
                if (!_receive.IsCompleted)
                {
                    _receive.GetAwaiter().UnsafeOnCompleted(_wake);
                    return;
                }
            }

            if (!_receive.IsCompleted) return;
            _isReceiving = false;
            if (_receive.GetAwaiter().GetResult() == 0) return;
            TakeBatch();
            AnswerKeyQueries();
            Flush();
        }

        Wake();
    }

    /// <summary>Runs what others want, but lets datagrams go first that have come meanwhile: some want an answer in time.</summary>
    private void RunInbox()
    {
        while (!_stopped && _inbox.TryTake(out ILoopWork? work))
        {
            work.Run();
            if (_isReceiving && !_receive.IsCompleted) continue;
            Wake();
            return;
        }
    }

    /// <summary>Sends what waits. Calls the core, which may have more to send then.</summary>
    private void Flush()
    {
        _sender.Flush();
        while (_sender.TryTakeUnsentPing(out uint seqNo, out bool isLocalFault))
        {
            _core.OnPingNotSent(Now, seqNo, isLocalFault);
            _sender.Flush();
        }
    }

    private void OnTimer()
    {
        Volatile.Write(ref _timerFired, 1);
        Wake();
    }

    /// <summary>
    /// Sets the timer when it would fire too late. One that fires too early, by rounding or because its deadline is gone, is set
    /// again then.
    /// </summary>
    private void PlanTimer()
    {
        if (Interlocked.Exchange(ref _timerFired, 0) != 0) _timerDue = TimeSpan.MaxValue;
        TimeSpan due = _core.NextDeadline ?? TimeSpan.MaxValue;
        if (due >= _timerDue) return;
        _timerDue = due;
        double wait = Math.Clamp(Math.Ceiling((due - Now).TotalMilliseconds), 1, int.MaxValue);
        _timer.Change((long)wait, Timeout.Infinite);
    }
}
