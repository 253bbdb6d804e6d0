using System.Buffers;
using System.Net;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.Timers;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Rpc;

/// <summary>
/// Answers calls on plain connections and on the streams of multiplexed ones. Thread safe; one per process and service set.
/// </summary>
public sealed partial class RpcServer : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly IMetrics _metrics;
    private readonly ReplyBudget _replies;
    private readonly TimerWheel _timers;
    private readonly MemoryPool<byte> _blocks;
    private readonly TimeProvider _time;
    private RpcChannel? _firstChannel;
    private int _channels;
    private int _inFlight;
    private long _refused;
    private long _nextRefusalLog;

    /// <param name="registry">All methods; nothing can be added to it afterwards.</param>
    /// <param name="timers">Serves the deadlines of the sessions; its clock measures the drain time.</param>
    /// <param name="blocks">Blocks for bytes that wait in the sessions; null for those of the process.</param>
    public RpcServer(
        RpcRegistry registry,
        RpcServerSettings settings,
        TimerWheel timers,
        ILogger logger,
        IMetrics metrics,
        MemoryPool<byte>? blocks = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(timers);
        registry.Freeze();
        Registry = registry;
        Settings = settings;
        _replies = new ReplyBudget(settings.HeldReplyBytesMax, settings.HeldReplyBytesMax / 4);
        Logger = logger;
        _metrics = metrics;
        _timers = timers;
        _blocks = blocks ?? PinnedBlockPool.Small;
        _time = timers.Time;
        Stopping = _stopping.Token;
    }

    /// <summary>Calls that run now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Streams that are served now, idle ones included.</summary>
    public int Channels => Volatile.Read(ref _channels);

    internal RpcRegistry Registry { get; }

    internal RpcServerSettings Settings { get; }

    internal ILogger Logger { get; }

    internal CancellationToken Stopping { get; }

    /// <summary>Serves one stream until it ends. The first part runs on the calling thread and does not block.</summary>
    internal Task ServeAsync(IRpcStream stream, IPEndPoint remote) => ServeAsync(stream, remote, _replies.NewShare());

    /// <param name="replies">What the connection of the stream holds.</param>
    private Task ServeAsync(IRpcStream stream, IPEndPoint remote, ReplyShare replies)
    {
        var channel = new RpcChannel(this, stream, remote, replies);
        if (Add(channel)) return channel.RunAsync();
        stream.Input.Complete();
        stream.Reset();
        stream.Release();
        return Task.CompletedTask;
    }

    /// <summary>Counts a call in, unless too many run; the caller must then answer with an error.</summary>
    internal bool TryBegin(IPEndPoint remote)
    {
        if (Interlocked.Increment(ref _inFlight) <= Settings.MaxInFlight) return true;
        Interlocked.Decrement(ref _inFlight);
        LogRefusal(remote);
        return false;
    }

    internal void End()
    {
        Interlocked.Decrement(ref _inFlight);
        _metrics.IncrCounter(RpcMetricNames.Request);
    }

    internal void OnRequestError(IPEndPoint remote, string error)
    {
        if (error == RpcErrors.EndOfFile) return;
        _metrics.IncrCounter(RpcMetricNames.RequestError);
        RpcLog.RequestError(Logger, remote, error);
    }

    internal void Remove(RpcChannel channel)
    {
        lock (_gate)
        {
            if (channel.Previous is null) _firstChannel = channel.Next;
            else channel.Previous.Next = channel.Next;
            if (channel.Next is not null) channel.Next.Previous = channel.Previous;
            channel.Next = null;
            channel.Previous = null;
            if (--_channels == 0 && IsDraining) _drained.TrySetResult();
        }
    }

    private bool Add(RpcChannel channel)
    {
        lock (_gate)
        {
            if (IsDraining) return false;
            channel.Next = _firstChannel;
            if (_firstChannel is not null) _firstChannel.Previous = channel;
            _firstChannel = channel;
            _channels++;
            return true;
        }
    }

    /// <summary>One line a second at most: an overload must not become a flood of lines as well.</summary>
    private void LogRefusal(IPEndPoint remote)
    {
        long refused = Interlocked.Increment(ref _refused);
        long now = _time.GetTimestamp();
        long next = Volatile.Read(ref _nextRefusalLog);
        if (now < next || Interlocked.CompareExchange(ref _nextRefusalLog, now + _time.TimestampFrequency, next) != next) return;
        RpcLog.Overloaded(Logger, refused, Settings.MaxInFlight, remote);
    }
}
