using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Agent.Pools;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server;

/// <summary>
/// How a server leaves its cluster for good without taking its vote along: the quorum shrinks before the server stops. Used once,
/// by one caller.
/// </summary>
/// <param name="id">Of this server.</param>
internal sealed class Departure(IConsensus consensus, ServerLookup servers, string id, TimeProvider time, ILogger logger)
{
    /// <summary>Older servers do not understand that leadership is handed to them.</summary>
    private static readonly Version s_handOverSince = new(1, 6, 0);

    private static readonly TimeSpan RemovalTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private bool _leads;

    private ClusterConfiguration Configuration => consensus.Configuration.Configuration;

    /// <summary>
    /// Before the pools are left: a leader with other voters hands leadership over, or takes itself out of the cluster if nobody
    /// will have it.
    /// </summary>
    public async Task HandOverAsync()
    {
        _leads = consensus.Status.Role == RaftRole.Leader;
        if (!_leads || Configuration.Servers.Count(static server => server.Suffrage == Suffrage.Voter) <= 1) return;
        if (await TransferAsync())
        {
            _leads = false;
            return;
        }

        ProposalResult removed = await consensus.ChangeConfigurationAsync(new ConfigurationChange(ConfigurationChangeKind.Remove, id));
        if (removed.Error is not null) ServerLog.SelfNotRemoved(logger, removed.Error);
    }

    /// <summary>
    /// After the pools were left: waits until the leader has taken this server out of the cluster and this server has learned
    /// of it. Stopping sooner could cost the others their quorum.
    /// </summary>
    public async Task AwaitRemovalAsync()
    {
        if (_leads) return;
        long start = time.GetTimestamp();
        while (Configuration.Servers.Any(server => server.Id == id))
        {
            if (time.GetElapsedTime(start) >= RemovalTimeout)
            {
                ServerLog.StillInConfiguration(logger);
                return;
            }

            await Task.Delay(Pause, time);
        }
    }

    private async ValueTask<bool> TransferAsync()
    {
        foreach (ServerTags server in servers.All)
        {
            if (!BuildVersion.IsAtLeast(server.Build, s_handOverSince)) return false;
        }

        if (await consensus.TransferLeadershipAsync() is not { } error) return true;
        ServerLog.LeavesAsLeader(logger, error);
        return false;
    }
}
