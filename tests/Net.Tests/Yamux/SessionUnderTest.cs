using System.Collections.Concurrent;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Yamux;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Tests.Yamux;

/// <summary>A session with a hand-made peer. Disposing checks that every block came back.</summary>
internal sealed class SessionUnderTest : IYamuxAcceptor, ILogger, IAsyncDisposable
{
    private readonly PinnedBlockPool _pool = new();
    private readonly TimerWheel _timers = new();

    public SessionUnderTest(YamuxRole role = YamuxRole.Server, YamuxSettings? settings = null, int capacity = 0, bool accepts = true)
    {
        var duplex = new MemoryDuplex(capacity: capacity);
        Peer = new RawPeer(duplex.Right);
        End = duplex.Left;
        Session = new YamuxSession(
            duplex.Left, duplex.Left.Input, role, settings ?? new YamuxSettings(), _timers, _pool, accepts ? this : null, this);
        Run = CloseAfterAsync(Session.RunAsync());
    }

    public YamuxSession Session { get; }

    public RawPeer Peer { get; }

    public MemoryEnd End { get; }

    /// <summary>The read loop, and the connection closed behind it.</summary>
    public Task Run { get; }

    public ConcurrentQueue<YamuxStream> Accepted { get; } = new();

    public ConcurrentQueue<YamuxStream> Opened { get; } = new();

    public ConcurrentQueue<string> Logged { get; } = new();

    /// <summary>What to do with a stream of the peer besides keeping it.</summary>
    public Action<YamuxStream>? OnAccept { get; set; }

    public int Blocks => _pool.Outstanding;

    public void OnStream(YamuxStream stream)
    {
        Accepted.Enqueue(stream);
        OnAccept?.Invoke(stream);
    }

    public YamuxStream Open()
    {
        Assert.True(Session.TryOpenStream(out YamuxStream? stream));
        Opened.Enqueue(stream!);
        return stream!;
    }

    /// <summary>Lets the peer open a stream and takes its acknowledgement.</summary>
    public async Task<YamuxStream> AcceptAsync(uint id)
    {
        await Peer.SendAsync(RawPeer.Update(id, FrameFlags.Syn));
        await Peer.ExpectAsync(FrameType.WindowUpdate, FrameFlags.Ack, id, 0);
        YamuxStream stream = Accepted.Last();
        Assert.Equal(id, stream.Id);
        return stream;
    }

    public async Task ExpectEndAsync(string text)
    {
        await Run.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(text, Session.CloseText);
        Assert.False(Session.IsOpen);
    }

    public async ValueTask DisposeAsync()
    {
        await Session.CloseAsync();
        await Run.WaitAsync(TimeSpan.FromSeconds(20));
        foreach (YamuxStream stream in Accepted.Concat(Opened)) await stream.Input.CompleteAsync();
        Assert.Equal(0, _pool.Outstanding);
        _timers.Dispose();
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    void ILogger.Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Logged.Enqueue(formatter(state, exception) + exception);

    private async Task CloseAfterAsync(Task run)
    {
        await run.ConfigureAwait(false);
        await End.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>Short forms for reading and writing whole texts.</summary>
internal static class StreamExtensions
{
    public static Task SendAsync(this YamuxStream stream, ReadOnlyMemory<byte> bytes) =>
        stream.Output.WriteAsync(bytes).AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Reads exactly so many bytes, or up to the end when fewer come.</summary>
    public static async Task<byte[]> ReceiveAsync(this YamuxStream stream, int count)
    {
        byte[] bytes = new byte[count];
        int at = 0;
        while (at < count)
        {
            System.IO.Pipelines.ReadResult result = await stream.Input.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
            var part = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, count - at));
            System.Buffers.BuffersExtensions.CopyTo(part, bytes.AsSpan(at));
            at += (int)part.Length;
            stream.Input.AdvanceTo(part.End);
            if (result.IsCompleted && part.Length == 0) break;
        }

        return bytes[..at];
    }

    public static async Task<bool> IsAtEndAsync(this YamuxStream stream)
    {
        System.IO.Pipelines.ReadResult result = await stream.Input.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        bool end = result.IsCompleted && result.Buffer.IsEmpty;
        stream.Input.AdvanceTo(result.Buffer.Start);
        return end;
    }
}
