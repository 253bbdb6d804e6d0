using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Leader;

/// <summary>The autopilot's settings that the cluster has stored; the first leader stores its own. Thread safe.</summary>
/// <param name="initial">Stored when there are none.</param>
internal sealed class AutopilotPolicies(StateStore store, CommandProposer commands, AutopilotConfiguration initial, ILogger logger)
{
    /// <summary>What the configuration of an agent says, as it is stored.</summary>
    public static AutopilotConfiguration Initial(AutopilotConfig config) => new()
    {
        CleanupDeadServers = config.CleanupDeadServers,
        LastContactThresholdNs = GoDuration.ToNanoseconds(config.LastContactThreshold),
        MaxTrailingLogs = config.MaxTrailingLogs,
        MinQuorum = config.MinQuorum,
        ServerStabilizationTimeNs = GoDuration.ToNanoseconds(config.ServerStabilizationTime),
        RedundancyZoneTag = config.RedundancyZoneTag,
        DisableUpgradeMigration = config.DisableUpgradeMigration,
        UpgradeVersionTag = config.UpgradeVersionTag,
    };

    /// <summary>Null when there are none and they could not be stored; the log says why.</summary>
    public async ValueTask<AutopilotPolicy?> GetAsync()
    {
        if (store.Current.Autopilot is { } stored) return PolicyOf(stored);
        ProposalResult result = await commands.ProposeAsync(new AutopilotRequest { Configuration = initial });
        if (ProposalError.Of(result) is not { } error) return PolicyOf(initial);
        AutopilotLog.ConfigurationNotStored(logger, error);
        return null;
    }

    private static AutopilotPolicy PolicyOf(AutopilotConfiguration configuration) => new()
    {
        CleanupDeadServers = configuration.CleanupDeadServers,
        LastContactThresholdNs = configuration.LastContactThresholdNs,
        MaxTrailingLogs = configuration.MaxTrailingLogs,
        MinQuorum = configuration.MinQuorum,
        StabilizationTime = GoDuration.ToTimeSpan(configuration.ServerStabilizationTimeNs),
    };
}
