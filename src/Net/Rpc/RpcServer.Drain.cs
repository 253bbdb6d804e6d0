using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Rpc;

/// <summary>The end of a server: what runs is finished, nothing new begins.</summary>
public sealed partial class RpcServer
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _draining;

    internal bool IsDraining => _draining;

    /// <summary>
    /// Takes no new streams, closes each stream after the call that runs on it, and after <paramref name="limit"/> cuts off
    /// what is left. Calls see their cancellation only then.
    /// </summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        List<RpcChannel> channels = BeginDrain();
        YamuxSession[] sessions = [.. _sessions.Keys];
        foreach (YamuxSession session in sessions) session.GoAway();
        foreach (RpcChannel channel in channels) channel.Wake();
        Task timeout = Task.Delay(limit, _time);
        await Task.WhenAny(_drained.Task, timeout).ConfigureAwait(false);
        if (!_drained.Task.IsCompleted) RpcLog.DrainCutOff(Logger, InFlight);
        // The last answers may still stand in the queues of the sessions.
        await Task.WhenAny(Task.WhenAll(sessions.Select(static session => session.WhenWrittenAsync())), timeout).ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (YamuxSession session in sessions) await session.CloseAsync().ConfigureAwait(false);
        foreach (RpcChannel channel in SnapshotChannels()) channel.Abort();
    }

    /// <summary>Cuts off everything at once, unless a drain came before.</summary>
    public async ValueTask DisposeAsync()
    {
        await DrainAsync(TimeSpan.Zero).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private List<RpcChannel> BeginDrain()
    {
        lock (_gate)
        {
            _draining = true;
            if (_channels == 0) _drained.TrySetResult();
            RpcLog.Draining(Logger, _channels, InFlight);
        }

        return SnapshotChannels();
    }

    private List<RpcChannel> SnapshotChannels()
    {
        var channels = new List<RpcChannel>();
        lock (_gate)
        {
            for (RpcChannel? channel = _firstChannel; channel is not null; channel = channel.Next) channels.Add(channel);
        }

        return channels;
    }
}
