using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server;

/// <summary>Messages about the founding of a cluster, in the words operators know.</summary>
internal static partial class BootstrapLog
{
    [LoggerMessage(5450, LogLevel.Information, "Raft data found, disabling bootstrap mode")]
    public static partial void DataFound(ILogger logger);

    [LoggerMessage(5451, LogLevel.Information, "Read replicas cannot bootstrap raft")]
    public static partial void ReadReplica(ILogger logger);

    [LoggerMessage(5452, LogLevel.Warning, "Member has a conflicting datacenter, ignoring: member={Member}")]
    public static partial void OtherDatacenter(ILogger logger, string member);

    [LoggerMessage(5453, LogLevel.Error,
        "Member has a conflicting expect value. All nodes should expect the same number.: member={Member}")]
    public static partial void OtherExpectation(ILogger logger, string member);

    [LoggerMessage(5454, LogLevel.Error, "Member has bootstrap mode. Expect disabled.: member={Member}")]
    public static partial void BootstrapMode(ILogger logger, string member);

    [LoggerMessage(5455, LogLevel.Error,
        "Failed to confirm peer status for server (will retry).: server={Server} retry_interval={RetryInterval} error={Error}")]
    public static partial void NoAnswer(ILogger logger, string server, string retryInterval, string error);

    [LoggerMessage(5456, LogLevel.Information, "Existing Raft peers reported by server, disabling bootstrap mode: server={Server}")]
    public static partial void PeersFound(ILogger logger, string server);

    [LoggerMessage(5457, LogLevel.Information, "Found expected number of peers, attempting bootstrap: peers={Peers}")]
    public static partial void Bootstrapping(ILogger logger, string peers);

    [LoggerMessage(5458, LogLevel.Error, "Failed to bootstrap cluster: error={Error}")]
    public static partial void BootstrapFailed(ILogger logger, string error);
}
