using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

internal static partial class LogJoining
{
    public static void Joining(this ILogger logger, string pool, IReadOnlyList<string> addresses)
    {
        if (pool == "LAN") logger.JoiningLan(addresses);
        else logger.JoiningWan(addresses);
    }

    [LoggerMessage(5860, LogLevel.Information, "(LAN) joining: lan_addresses={Addresses}")]
    private static partial void JoiningLan(this ILogger logger, IReadOnlyList<string> addresses);

    [LoggerMessage(5861, LogLevel.Information, "(WAN) joining: wan_addresses={Addresses}")]
    private static partial void JoiningWan(this ILogger logger, IReadOnlyList<string> addresses);

    [LoggerMessage(5862, LogLevel.Information, "({Pool}) joined: number_of_nodes={Count}")]
    public static partial void Joined(this ILogger logger, string pool, int count);

    [LoggerMessage(5863, LogLevel.Warning, "({Pool}) couldn't join: number_of_nodes={Count} error={Error}")]
    public static partial void JoinFailed(this ILogger logger, string pool, int count, string error);

    [LoggerMessage(5864, LogLevel.Warning, "memberlist: {Failure}")]
    public static partial void JoinAddressUnresolved(this ILogger logger, string failure);

    [LoggerMessage(5865, LogLevel.Debug, "memberlist: {Failure}")]
    public static partial void JoinAddressFailed(this ILogger logger, string failure);

    [LoggerMessage(5866, LogLevel.Information, "Joining cluster...: cluster={Cluster}")]
    public static partial void JoiningCluster(this ILogger logger, string cluster);

    [LoggerMessage(5867, LogLevel.Information, "Join cluster completed. Synced with initial agents: cluster={Cluster} num_agents={Count}")]
    public static partial void JoinCompleted(this ILogger logger, string cluster, int count);

    [LoggerMessage(5868, LogLevel.Warning, "Join cluster failed, will retry: cluster={Cluster} retry_interval={Interval} error={Error}")]
    public static partial void JoinWillBeRetried(this ILogger logger, string cluster, TimeSpan interval, string error);

    [LoggerMessage(5869, LogLevel.Error, "Cannot discover address: cluster={Cluster} address={Address} error={Error}")]
    public static partial void CannotDiscover(this ILogger logger, string cluster, string address, string error);

    [LoggerMessage(5870, LogLevel.Error, "Retry join failed: error={Error}")]
    public static partial void RetryJoinFailed(this ILogger logger, string error);

    [LoggerMessage(5871, LogLevel.Information, "Joining cluster")]
    public static partial void JoiningAtStart(this ILogger logger);

    [LoggerMessage(5872, LogLevel.Information, "Join completed. Initial agents synced with: agent_count={Count}")]
    public static partial void JoinedAtStart(this ILogger logger, int count);

    [LoggerMessage(5873, LogLevel.Information, "Joining wan cluster")]
    public static partial void JoiningWanAtStart(this ILogger logger);

    [LoggerMessage(5874, LogLevel.Information, "Join wan completed. Initial agents synced with: agent_count={Count}")]
    public static partial void JoinedWanAtStart(this ILogger logger, int count);

    [LoggerMessage(5875, LogLevel.Debug, "systemd notify failed: error={Error}")]
    public static partial void NotNotified(this ILogger logger, string error);

    [LoggerMessage(5876, LogLevel.Warning, " keyring doesn't include key provided with -encrypt, using keyring: keyring={Pool}")]
    public static partial void KeyNotInKeyring(this ILogger logger, string pool);

    [LoggerMessage(5877, LogLevel.Error, "Failed to write keyring file: file={File} error={Error}")]
    public static partial void KeyringNotWritten(this ILogger logger, string file, string error);
}
