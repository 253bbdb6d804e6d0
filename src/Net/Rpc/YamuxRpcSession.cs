using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Rpc;

/// <summary>A multiplexed session as the pool sees it; closes what is below when the session is over.</summary>
internal sealed class YamuxRpcSession : IRpcSession
{
    private readonly YamuxSession _session;

    /// <param name="connection">Closed after the session.</param>
    public YamuxRpcSession(YamuxSession session, IAsyncDisposable connection)
    {
        _session = session;
        Completion = RunAsync(connection);
    }

    public string? OpenFailure => _session.OpenFailure;

    public string? CloseText => _session.CloseText;

    public Task Completion { get; }

    public bool TryOpenStream(out IRpcStream? stream)
    {
        bool opened = _session.TryOpenStream(out YamuxStream? inner);
        stream = opened ? new YamuxRpcStream(inner!) : null;
        return opened;
    }

    public async ValueTask<IRpcStream?> OpenStreamAsync(CancellationToken cancellation) =>
        await _session.OpenStreamAsync(cancellation).ConfigureAwait(false) is { } stream ? new YamuxRpcStream(stream) : null;

    public ValueTask CloseAsync() => _session.CloseAsync();

    private async Task RunAsync(IAsyncDisposable connection)
    {
        await _session.RunAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
