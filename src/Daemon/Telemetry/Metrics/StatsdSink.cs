using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Consul.Fast.Daemon.Telemetry.Metrics;

/// <summary>
/// Sends every value to a statsd server: over UDP in datagrams, or over TCP. Lines are gathered and sent every 100 ms by
/// a timer, so recording never waits; what the server does not take is dropped.
/// </summary>
internal sealed class StatsdSink : IMetricSink, IDisposable
{
    /// <summary>Fits an Ethernet frame with its headers.</summary>
    private const int DatagramSize = 1400;
    private const int BufferSize = 256 * 1024;
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Lock _sending = new();
    private readonly ConcurrentDictionary<MetricSeries, StatsdLine> _lines = new();
    private readonly Func<MetricSeries, StatsdLine> _line;
    private readonly string _host;
    private readonly int _port;
    private readonly bool _tcp;
    private readonly ITimer _timer;
    private readonly TimeProvider _time;
    private byte[] _buffer = new byte[BufferSize];
    private byte[] _spare = new byte[BufferSize];
    private int _used;
    private Socket? _socket;
    private DateTimeOffset _nextConnect;

    /// <param name="line">Makes the constant parts of a series' lines.</param>
    public StatsdSink(string host, int port, bool tcp, Func<MetricSeries, StatsdLine> line, TimeProvider? time = null)
    {
        _host = host;
        _port = port;
        _tcp = tcp;
        _line = line;
        _time = time ?? TimeProvider.System;
        _timer = _time.CreateTimer(static state => ((StatsdSink)state!).Flush(), this, FlushInterval, FlushInterval);
    }

    public void Record(MetricSeries series, double value)
    {
        StatsdLine line = _lines.GetOrAdd(series, _line);
        lock (_gate)
        {
            if (line.TryWrite(value, _buffer.AsSpan(_used), out int written)) _used += written;
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        Flush();
        lock (_sending) Disconnect();
    }

    /// <summary>Sends what was gathered.</summary>
    private void Flush()
    {
        lock (_sending)
        {
            byte[] full;
            int length;
            lock (_gate)
            {
                (full, length) = (_buffer, _used);
                (_buffer, _spare, _used) = (_spare, _buffer, 0);
            }

            if (length == 0 || !EnsureConnected()) return;
            try
            {
                Send(full.AsSpan(0, length));
            }
            catch (SocketException)
            {
                // The server is away; later values try again.
                Disconnect();
            }
        }
    }

    private void Send(ReadOnlySpan<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            ReadOnlySpan<byte> packet = lines;
            if (!_tcp && lines.Length > DatagramSize)
            {
                int end = lines[..DatagramSize].LastIndexOf((byte)'\n');
                packet = lines[..(end < 0 ? lines.IndexOf((byte)'\n') + 1 : end + 1)];
            }

            int sent = _socket!.Send(packet);
            lines = lines[(_tcp ? sent : packet.Length)..];
        }
    }

    private bool EnsureConnected()
    {
        if (_socket is not null) return true;
        if (_time.GetUtcNow() < _nextConnect) return false;
        _nextConnect = _time.GetUtcNow() + ReconnectDelay;
        Socket socket = _tcp ? new Socket(SocketType.Stream, ProtocolType.Tcp) : new Socket(SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(_host, _port);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }

        _socket = socket;
        return true;
    }

    private void Disconnect()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
