using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Telemetry.Logging;

/// <summary>A reader of the log stream with its own level and form. Lines it is too slow for are dropped and counted.</summary>
internal sealed class LogSubscription : IDisposable
{
    private const int Capacity = 512;

    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Action<LogSubscription> _unsubscribe;
    private long _dropped;

    internal LogSubscription(LogLevel level, bool json, Action<LogSubscription> unsubscribe)
    {
        Level = level;
        Json = json;
        _unsubscribe = unsubscribe;
    }

    public LogLevel Level { get; }

    public bool Json { get; }

    /// <summary>Whole lines with their newline.</summary>
    public ChannelReader<byte[]> Lines => _lines.Reader;

    public long Dropped => Interlocked.Read(ref _dropped);

    public void Dispose()
    {
        _unsubscribe(this);
        _lines.Writer.TryComplete();
    }

    internal void Write(byte[] line)
    {
        if (!_lines.Writer.TryWrite(line)) Interlocked.Increment(ref _dropped);
    }
}
