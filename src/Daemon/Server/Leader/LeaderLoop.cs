using System.Threading.Channels;
using Consul.Fast.Consensus;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Leader;

/// <summary>
/// What a server does because it leads: once leadership is confirmed by a barrier it starts the timers, allows consistent
/// reads, and reconciles the catalog with the members every minute; all of it ends with leadership.
/// </summary>
internal sealed class LeaderLoop(
    IConsensus consensus,
    SessionTimers sessions,
    TombstoneReaper tombstones,
    MemberReconciler members,
    TimeProvider time,
    ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan ReconcileInterval = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _changes = Channel.CreateUnbounded<bool>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private volatile bool _ready;

    /// <summary>True while this server leads and has applied everything from before it led.</summary>
    public bool ConsistentReadReady => _ready;

    /// <summary>Raised when the duties of a new leader are done once.</summary>
    public event Action? Established;

    public void Start()
    {
        consensus.LeadershipChanged += OnLeadershipChanged;
        _loop = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        consensus.LeadershipChanged -= OnLeadershipChanged;
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private void OnLeadershipChanged(bool leads) => _changes.Writer.TryWrite(leads);

    private async Task RunAsync()
    {
        try
        {
            bool leads = consensus.Status.Role == RaftRole.Leader;
            while (!_stop.IsCancellationRequested)
            {
                if (leads) await LeadAsync();
                leads = await _changes.Reader.ReadAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            Revoke();
        }
    }

    /// <summary>Does the leader's work until leadership is lost.</summary>
    private async Task LeadAsync()
    {
        ServerLog.LeadershipAcquired(logger);
        bool established = false;
        DateTimeOffset nextReconcile = time.GetUtcNow();
        while (true)
        {
            if (time.GetUtcNow() >= nextReconcile)
            {
                ProposalResult barrier = await consensus.BarrierAsync(_stop.Token);
                if (barrier.Error is not null) ServerLog.BarrierFailed(logger, barrier.Error);
                else if (!established) established = Establish();
                if (barrier.Error is null) await members.ReconcileAsync();
                nextReconcile = time.GetUtcNow() + (established ? ReconcileInterval : RetryPause);
            }

            if (await IsLostWithinAsync(nextReconcile - time.GetUtcNow()))
            {
                Revoke();
                ServerLog.LeadershipLost(logger);
                return;
            }

            if (established) await tombstones.RunAsync();
        }
    }

    private bool Establish()
    {
        tombstones.Start(consensus.Status.LastLogIndex);
        sessions.Start();
        _ready = true;
        Established?.Invoke();
        return true;
    }

    private void Revoke()
    {
        _ready = false;
        sessions.Stop();
    }

    private async ValueTask<bool> IsLostWithinAsync(TimeSpan untilReconcile)
    {
        TimeSpan pause = untilReconcile < TombstoneReaper.Granularity ? untilReconcile : TombstoneReaper.Granularity;
        if (pause <= TimeSpan.Zero) return false;
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        wait.CancelAfter(pause);
        try
        {
            // A gain can arrive here only as the repetition of the one that started this.
            return !await _changes.Reader.ReadAsync(wait.Token);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
