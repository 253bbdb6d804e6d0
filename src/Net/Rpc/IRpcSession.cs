namespace Consul.Fast.Net.Rpc;

/// <summary>The client's end of a multiplexed connection. Thread safe.</summary>
internal interface IRpcSession
{
    /// <summary>Why no stream can be opened now; null while one can.</summary>
    string? OpenFailure { get; }

    /// <summary>Why the session ended; null before.</summary>
    string? CloseText { get; }

    /// <summary>Completes when the connection is over; never fails.</summary>
    Task Completion { get; }

    /// <summary>False when the session is over or the call has to wait for the peer.</summary>
    bool TryOpenStream(out IRpcStream? stream);

    /// <summary>Null when the session is over.</summary>
    ValueTask<IRpcStream?> OpenStreamAsync(CancellationToken cancellation);

    /// <summary>Closes the connection; its streams end.</summary>
    ValueTask CloseAsync();
}

/// <summary>Opens multiplexed connections.</summary>
internal interface IRpcConnector
{
    /// <summary>Gives a session, or the text of what went wrong.</summary>
    ValueTask<RpcConnected> ConnectAsync(RpcServerAddress server, CancellationToken cancellation);
}

/// <summary>A session or an error text, never both.</summary>
internal readonly record struct RpcConnected(IRpcSession? Session, string? Error);
