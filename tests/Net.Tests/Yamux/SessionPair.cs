using System.IO.Pipelines;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Yamux;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Net.Tests.Yamux;

/// <summary>Two sessions back to back. Disposing checks that every block came back.</summary>
internal sealed class SessionPair : IAsyncDisposable
{
    private readonly PinnedBlockPool _pool = new();
    private readonly TimerWheel _timers = new();
    private readonly Task[] _runs;

    public SessionPair(Action<YamuxStream> accept, PipeScheduler? scheduler = null, int capacity = 0)
    {
        var settings = new YamuxSettings { ReceiveBudget = Budget };
        var duplex = new MemoryDuplex(scheduler, capacity);
        duplex.Left.Tap = bytes => Monitor.OnWritten(0, bytes.Span);
        duplex.Right.Tap = bytes => Monitor.OnWritten(1, bytes.Span);
        Client = Make(duplex.Left, YamuxRole.Client);
        Server = Make(duplex.Right, YamuxRole.Server);
        _runs = [RunAsync(Client, duplex.Left), RunAsync(Server, duplex.Right)];

        YamuxSession Make(MemoryEnd end, YamuxRole role) =>
            new(end, end.Input, role, settings, _timers, _pool, new Acceptor(accept), NullLogger.Instance);
    }

    public YamuxSession Client { get; }

    public YamuxSession Server { get; }

    public WireMonitor Monitor { get; } = new();

    public YamuxReceiveBudget Budget { get; } = new(1L << 30);

    public int Blocks => _pool.Outstanding;

    public async ValueTask DisposeAsync()
    {
        await Client.CloseAsync();
        await Task.WhenAll(_runs).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, _pool.Outstanding);
        Assert.Equal(0, Budget.Used);
        _timers.Dispose();
    }

    private static async Task RunAsync(YamuxSession session, MemoryEnd end)
    {
        await session.RunAsync().ConfigureAwait(false);
        await end.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class Acceptor(Action<YamuxStream> accept) : IYamuxAcceptor
    {
        public void OnStream(YamuxStream stream) => accept(stream);
    }
}

/// <summary>Reads both directions of a connection along and checks what no correct session may do.</summary>
internal sealed class WireMonitor
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Side, uint Id), long> _credit = [];
    private readonly byte[][] _rest = [[], []];
    private readonly int[] _payload = new int[2];

    /// <summary>Switched off where allocations are counted.</summary>
    public bool IsOff { get; set; }

    public void OnWritten(int side, ReadOnlySpan<byte> bytes)
    {
        if (IsOff) return;
        lock (_gate)
        {
            ReadOnlySpan<byte> input = (byte[])[.. _rest[side], .. bytes];
            while (true)
            {
                int skipped = Math.Min(_payload[side], input.Length);
                input = input[skipped..];
                _payload[side] -= skipped;
                if (input.Length < FrameHeader.Size) break;
                OnFrame(side, FrameHeader.Read(input));
                input = input[FrameHeader.Size..];
            }

            _rest[side] = input.ToArray();
        }
    }

    private void OnFrame(int side, FrameHeader header)
    {
        Assert.Equal(0, header.Version);
        Assert.True(header.Type <= FrameType.GoAway);
        if (header.Type == FrameType.Data)
        {
            _payload[side] = (int)header.Length;
            Assert.InRange((int)header.Length, 1, (16 * 1024) - FrameHeader.Size);
            long left = Credit(side, header.StreamId) - header.Length;
            Assert.True(left >= 0, $"stream {header.StreamId} exceeds its window by {-left}");
            _credit[(side, header.StreamId)] = left;
        }
        else if (header.Type == FrameType.WindowUpdate)
        {
            long credit = Credit(1 - side, header.StreamId) + header.Length;
            Assert.True(credit <= YamuxSession.WindowMax, $"stream {header.StreamId} has a window of {credit}");
            _credit[(1 - side, header.StreamId)] = credit;
        }
    }

    private long Credit(int side, uint id) => _credit.GetValueOrDefault((side, id), YamuxSession.WindowMax);
}
