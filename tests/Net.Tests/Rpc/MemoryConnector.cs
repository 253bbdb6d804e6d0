using System.Collections.Concurrent;
using System.Net;
using Consul.Fast.Net.Rpc;

namespace Consul.Fast.Net.Tests.Rpc;

/// <summary>Sessions in memory whose streams a server under test serves, or a test by hand.</summary>
internal sealed class MemoryConnector(ServerUnderTest? server = null) : IRpcConnector
{
    public static readonly RpcServerAddress Address = new("dc1", "one", new IPEndPoint(IPAddress.Loopback, 8300), 2);

    /// <summary>Every session made, in order.</summary>
    public ConcurrentQueue<MemorySession> Sessions { get; } = new();

    public int Dials { get; private set; }

    /// <summary>When set, dials fail with this text.</summary>
    public string? Error { get; set; }

    /// <summary>When set, dials wait for it.</summary>
    public Task? Gate { get; set; }

    public async ValueTask<RpcConnected> ConnectAsync(RpcServerAddress address, CancellationToken cancellation)
    {
        Dials++;
        if (Gate is not null) await Gate.WaitAsync(cancellation);
        if (Error is not null) return new RpcConnected(null, Error);
        var session = new MemorySession(server);
        Sessions.Enqueue(session);
        return new RpcConnected(session, null);
    }
}

/// <summary>A session of a <see cref="MemoryConnector"/>.</summary>
internal sealed class MemorySession(ServerUnderTest? server) : IRpcSession
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The callers' ends of all streams opened, in order.</summary>
    public List<MemoryRpcStream> Callers { get; } = [];

    /// <summary>The servers' ends; without a server the test answers on them.</summary>
    public List<MemoryRpcStream> Servers { get; } = [];

    public string? OpenFailure { get; set; }

    public string? CloseText { get; private set; }

    public Task Completion => _completion.Task;

    /// <summary>A flush waits while so many bytes are unread; zero for never.</summary>
    public int PauseBytes { get; set; }

    /// <summary>When set, no stream opens at once.</summary>
    public Task? OpenGate { get; set; }

    public bool TryOpenStream(out IRpcStream? stream)
    {
        stream = null;
        if (OpenFailure is not null || OpenGate is { IsCompleted: false }) return false;
        (MemoryRpcStream caller, MemoryRpcStream other) = MemoryRpcStream.Create(PauseBytes);
        lock (Callers)
        {
            Callers.Add(caller);
            Servers.Add(other);
        }

        if (server is not null) _ = server.Server.ServeAsync(other, ServerUnderTest.Remote);
        stream = caller;
        return true;
    }

    public async ValueTask<IRpcStream?> OpenStreamAsync(CancellationToken cancellation)
    {
        if (OpenGate is not null) await OpenGate.WaitAsync(cancellation);
        return TryOpenStream(out IRpcStream? stream) ? stream : null;
    }

    public ValueTask CloseAsync()
    {
        Kill("session shutdown");
        return default;
    }

    /// <summary>The connection is gone: every stream ends.</summary>
    public void Kill(string reason)
    {
        CloseText ??= reason;
        OpenFailure ??= "session shutdown";
        MemoryRpcStream[] servers;
        lock (Callers) servers = [.. Servers];
        foreach (MemoryRpcStream stream in servers) stream.Close();
        _completion.TrySetResult();
    }
}
