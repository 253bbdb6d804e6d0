using Consul.Fast.Consensus;

namespace Consul.Fast.Daemon.Server;

/// <summary>Decides whether this server may serve a call now, and holds calls while there is no leader. Thread safe.</summary>
internal sealed class LeaderGate(IServerContext server)
{
    /// <summary>Held calls look again after a random part of this share of the hold time, so that they do not come back as one.</summary>
    private const int HoldSteps = 16;

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

    /// <summary>Time since the leader was heard: zero on the leader, the longest time when it never was.</summary>
    public TimeSpan LastContact
    {
        get
        {
            RaftStatus status = server.Consensus.Status;
            if (status.Role == RaftRole.Leader) return TimeSpan.Zero;
            if (status.LastContact is not { } heard) return TimeSpan.MaxValue;
            TimeSpan age = server.Time.GetUtcNow() - heard;
            return age > TimeSpan.Zero ? age : TimeSpan.Zero;
        }
    }

    /// <summary>Null when a datacenter is this server's own.</summary>
    public string? CheckDatacenter(string datacenter) =>
        datacenter.Length == 0 || datacenter == server.Datacenter ? null : RpcErrors.NoPathToDatacenter;

    /// <summary>Completes at once on the leader, else when this server becomes it.</summary>
    /// <returns>Null on the leader, otherwise the error text after the hold time.</returns>
    public ValueTask<string?> AwaitLeaderAsync(CancellationToken cancellation = default)
    {
        if (server.IsLeaving) return new ValueTask<string?>(RpcErrors.NoLeader);
        return IsLeader ? default : HoldAsync(static gate => gate.IsLeader, RpcErrors.NoLeader, cancellation);
    }

    /// <summary>Completes once <see cref="IsCurrent"/>.</summary>
    /// <returns>Null then, otherwise the error text after the hold time.</returns>
    public async ValueTask<string?> AwaitCurrentAsync(CancellationToken cancellation = default) =>
        await AwaitLeaderAsync(cancellation) ?? await HoldAsync(static gate => gate.IsCurrent, RpcErrors.NotReady, cancellation);

    /// <summary>Confirms leadership with a quorum and waits until this leader has taken over.</summary>
    /// <returns>Null when a read now is linearizable, otherwise the error text.</returns>
    public async ValueTask<string?> ConfirmAsync(CancellationToken cancellation = default)
    {
        if (await server.Consensus.VerifyLeaderAsync(cancellation) is { } error) return error;
        if (server.ConsistentReadReady) return null;
        return await HoldAsync(static gate => gate.IsCurrent, RpcErrors.NotReady, cancellation);
    }

    /// <summary>Metadata of an answer with this index.</summary>
    public QueryMeta Meta(ulong index)
    {
        RaftStatus status = server.Consensus.Status;
        index = Math.Max(index, 1);
        if (status.Role == RaftRole.Leader) return new QueryMeta(index, TimeSpan.Zero, knownLeader: true);
        TimeSpan contact = status.LastContact is null ? TimeSpan.Zero : LastContact;
        return new QueryMeta(index, contact, status.LeaderAddress.Length > 0);
    }

    private async ValueTask<string?> HoldAsync(Func<LeaderGate, bool> condition, string error, CancellationToken cancellation)
    {
        TimeSpan hold = server.Options.RpcHoldTimeout;
        long start = server.Time.GetTimestamp();
        while (!condition(this))
        {
            if (server.IsLeaving || cancellation.IsCancellationRequested || server.Time.GetElapsedTime(start) >= hold) return error;
            TimeSpan pause = hold / HoldSteps * Random.Shared.NextDouble();
            await Task.Delay(pause, server.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }
}
