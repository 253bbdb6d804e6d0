namespace Consul.Fast.Net.Yamux;

/// <summary>Who dialled: the client opens odd stream ids, the server even ones.</summary>
public enum YamuxRole
{
    Client,
    Server,
}

/// <summary>Takes the streams a peer opens.</summary>
public interface IYamuxAcceptor
{
    /// <summary>
    /// Called on the read loop for every new stream, before the first byte of it is delivered; must not block. The
    /// acceptor owns the stream from here and ends with <see cref="YamuxStream.Release"/>.
    /// </summary>
    void OnStream(YamuxStream stream);
}

/// <summary>Limits and times of a session. The defaults of the protocol part are those of Consul.</summary>
public sealed record YamuxSettings
{
    /// <summary>Streams this side may have opened without an answer; further openers wait.</summary>
    public int AcceptBacklog { get; init; } = 256;

    /// <summary>Rest between a ping's reply and the next ping; zero sends none.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for a ping's reply, and longest time one write may hang; then the session ends.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A stream we opened must be acknowledged within this time, or the session ends; zero waits for ever.</summary>
    public TimeSpan StreamOpenTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>A stream we closed must be closed by the peer within this time, or it is reset; zero waits for ever.</summary>
    public TimeSpan StreamCloseTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Streams of the peer that may be open here or not yet released by their owners; further ones are reset. An idle stream
    /// costs about 700 bytes, so this bounds what a connection can make us hold before it sends data.
    /// </summary>
    public int MaxStreams { get; init; } = 16384;

    /// <summary>Bytes received and not read, over all streams of one session; the stream that exceeds it is reset.</summary>
    public long SessionReceiveMax { get; init; } = 64L << 20;

    /// <summary>The same bound over all sessions that share this object; the default is shared by the process.</summary>
    public YamuxReceiveBudget ReceiveBudget { get; init; } = YamuxReceiveBudget.Process;
}
