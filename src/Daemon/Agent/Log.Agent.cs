using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent;

internal static partial class LogAgent
{
    [LoggerMessage(5600, LogLevel.Information, "Synced node info")]
    public static partial void SyncedNodeInfo(this ILogger logger);

    [LoggerMessage(5601, LogLevel.Information, "Synced service: service={ServiceId}")]
    public static partial void SyncedService(this ILogger logger, string serviceId);

    [LoggerMessage(5602, LogLevel.Information, "Synced check: check={CheckId}")]
    public static partial void SyncedCheck(this ILogger logger, string checkId);

    [LoggerMessage(5603, LogLevel.Information, "Deregistered service: service={ServiceId}")]
    public static partial void DeregisteredService(this ILogger logger, string serviceId);

    [LoggerMessage(5604, LogLevel.Information, "Deregistered check: check={CheckId}")]
    public static partial void DeregisteredCheck(this ILogger logger, string checkId);

    [LoggerMessage(5605, LogLevel.Debug, "Node info in sync")]
    public static partial void NodeInfoInSync(this ILogger logger);

    [LoggerMessage(5606, LogLevel.Debug, "Service in sync: service={ServiceId}")]
    public static partial void ServiceInSync(this ILogger logger, string serviceId);

    [LoggerMessage(5607, LogLevel.Debug, "Check in sync: check={CheckId}")]
    public static partial void CheckInSync(this ILogger logger, string checkId);

    [LoggerMessage(5608, LogLevel.Warning, "Syncing service failed.: service={ServiceId} error={Error}")]
    public static partial void ServiceSyncFailed(this ILogger logger, string serviceId, string error);

    [LoggerMessage(5609, LogLevel.Warning, "Syncing check failed.: check={CheckId} error={Error}")]
    public static partial void CheckSyncFailed(this ILogger logger, string checkId, string error);

    [LoggerMessage(5610, LogLevel.Warning, "Deregistering service failed.: service={ServiceId} error={Error}")]
    public static partial void ServiceDeregistrationFailed(this ILogger logger, string serviceId, string error);

    [LoggerMessage(5611, LogLevel.Warning, "Deregistering check failed.: check={CheckId} error={Error}")]
    public static partial void CheckDeregistrationFailed(this ILogger logger, string checkId, string error);

    [LoggerMessage(5612, LogLevel.Warning, "Node info update blocked by ACLs: node={Node}")]
    public static partial void NodeInfoBlocked(this ILogger logger, string node);

    [LoggerMessage(5613, LogLevel.Warning, "Service registration blocked by ACLs: service={ServiceId}")]
    public static partial void ServiceRegistrationBlocked(this ILogger logger, string serviceId);

    [LoggerMessage(5614, LogLevel.Warning, "Service deregistration blocked by ACLs: service={ServiceId}")]
    public static partial void ServiceDeregistrationBlocked(this ILogger logger, string serviceId);

    [LoggerMessage(5615, LogLevel.Warning, "Check registration blocked by ACLs: check={CheckId}")]
    public static partial void CheckRegistrationBlocked(this ILogger logger, string checkId);

    [LoggerMessage(5616, LogLevel.Warning, "Check deregistration blocked by ACLs: check={CheckId}")]
    public static partial void CheckDeregistrationBlocked(this ILogger logger, string checkId);

    [LoggerMessage(5617, LogLevel.Error, "failed to sync remote state: error={Error}")]
    public static partial void FullSyncFailed(this ILogger logger, string error);

    [LoggerMessage(5618, LogLevel.Error, "failed to sync changes: error={Error}")]
    public static partial void PartialSyncFailed(this ILogger logger, string error);

    [LoggerMessage(5619, LogLevel.Information, "started state syncer")]
    public static partial void StartedSyncer(this ILogger logger);
}
