using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Server;

/// <summary>Tells whether this server may serve a call now, and what its answers say of the leader. Thread safe.</summary>
internal sealed class LeaderGate(IServerContext server)
{
    private volatile bool _hadLeader;

    public bool IsLeader
    {
        get
        {
            if (server.Consensus.Status.Role != RaftRole.Leader) return false;
            if (!_hadLeader) _hadLeader = true;
            return true;
        }
    }

    /// <summary>
    /// Whether this server leads and has applied everything from before it led. Sooner a read could go back behind what was
    /// acknowledged, after a restart even to nothing.
    /// </summary>
    public bool IsCurrent => IsLeader && server.ConsistentReadReady;

    /// <summary>Whether a stale read may be served: any server may that has heard of a leader since it started.</summary>
    public bool CanServeStale
    {
        get
        {
            if (_hadLeader) return true;
            RaftStatus status = server.Consensus.Status;
            _hadLeader = status.Role == RaftRole.Leader || status.LeaderAddress.Length > 0 || status.LastContact is not null;
            return _hadLeader;
        }
    }

    /// <summary>Confirms leadership with a quorum and waits until this leader has taken over.</summary>
    /// <returns>Null when a read now is linearizable, otherwise the error text.</returns>
    public async ValueTask<string?> ConfirmAsync(CancellationToken cancellation = default)
    {
        if (await server.Consensus.VerifyLeaderAsync(cancellation) is { } error) return error;
        return server.ConsistentReadReady ? null : await AwaitReadyAsync(cancellation);
    }

    /// <summary>
    /// Waits while this leader takes over or its state is being replaced; a server that does not lead has nothing to settle.
    /// </summary>
    /// <returns>Null when the state may be read, otherwise the error text.</returns>
    public ValueTask<string?> AwaitSettledAsync(CancellationToken cancellation) =>
        IsLeader && !server.ConsistentReadReady ? AwaitReadyAsync(cancellation) : default;

    /// <summary>Metadata of an answer with this index.</summary>
    public QueryMeta Meta(ulong index)
    {
        RaftStatus status = server.Consensus.Status;
        index = Math.Max(index, 1);
        if (status.Role == RaftRole.Leader) return new QueryMeta(index, TimeSpan.Zero, knownLeader: true);
        TimeSpan contact = status.LastContact is { } heard ? server.Time.GetUtcNow() - heard : TimeSpan.Zero;
        return new QueryMeta(index, contact > TimeSpan.Zero ? contact : TimeSpan.Zero, status.LeaderAddress.Length > 0);
    }

    private async ValueTask<string?> AwaitReadyAsync(CancellationToken cancellation)
    {
        var held = new HoldTimer(server.Options.RpcHoldTimeout, server.Time);
        while (!IsCurrent)
        {
            if (server.IsLeaving || cancellation.IsCancellationRequested || held.IsOver) return RpcErrors.NotReady;
            await held.PauseAsync(cancellation);
        }

        return null;
    }
}
