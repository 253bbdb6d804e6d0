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

    [LoggerMessage(5620, LogLevel.Warning, "Ignoring temporary file: file={File}")]
    public static partial void IgnoringTemporaryFile(this ILogger logger, string file);

    [LoggerMessage(5621, LogLevel.Warning, "service exists with invalid source, purging: file={File}")]
    public static partial void PurgingServiceOfUnknownSource(this ILogger logger, string file);

    [LoggerMessage(5622, LogLevel.Error, "Failed decoding service file: file={File} error={Error}")]
    public static partial void ServiceFileUnreadable(this ILogger logger, string file, string error);

    [LoggerMessage(5623, LogLevel.Warning, "check exists with invalid source, purging: file={File}")]
    public static partial void PurgingCheckOfUnknownSource(this ILogger logger, string file);

    [LoggerMessage(5624, LogLevel.Error, "Failed decoding check backup: file={File} error={Error}")]
    public static partial void CheckFileUnreadable(this ILogger logger, string file, string error);

    [LoggerMessage(5625, LogLevel.Warning, "Failed to deregister service: service={ServiceId} error=\"Service does not exist\"")]
    public static partial void ServiceToRemoveUnknown(this ILogger logger, string serviceId);

    [LoggerMessage(5626, LogLevel.Debug, "removed service: service={ServiceId}")]
    public static partial void RemovedService(this ILogger logger, string serviceId);

    [LoggerMessage(5627, LogLevel.Debug, "removed check: check={CheckId}")]
    public static partial void RemovedCheck(this ILogger logger, string checkId);

    [LoggerMessage(5628, LogLevel.Error, "failed to remove check: check={CheckId} error={Error}")]
    public static partial void CheckNotRemoved(this ILogger logger, string checkId, string error);

    [LoggerMessage(5630, LogLevel.Warning, "check has deregister interval below minimum: check={CheckId} minimum_interval={Minimum}")]
    public static partial void DeregisterIntervalTooShort(this ILogger logger, string checkId, string minimum);

    [LoggerMessage(5631, LogLevel.Information, "entered maintenance mode: check={CheckId}")]
    public static partial void EnteredMaintenance(this ILogger logger, string checkId);

    [LoggerMessage(5632, LogLevel.Information, "left maintenance mode: check={CheckId}")]
    public static partial void LeftMaintenance(this ILogger logger, string checkId);

    [LoggerMessage(5633, LogLevel.Debug, "service exists, not restoring from file: service={ServiceId}")]
    public static partial void ServiceConfiguredToo(this ILogger logger, string serviceId);

    [LoggerMessage(5634, LogLevel.Debug, "restored service definition from file: service={ServiceId}")]
    public static partial void RestoredService(this ILogger logger, string serviceId);

    [LoggerMessage(5635, LogLevel.Debug, "check exists, not restoring from file: check={CheckId}")]
    public static partial void CheckConfiguredToo(this ILogger logger, string checkId);

    [LoggerMessage(5636, LogLevel.Debug, "restored health check from file: check={CheckId}")]
    public static partial void RestoredCheck(this ILogger logger, string checkId);

    [LoggerMessage(5637, LogLevel.Warning, "Failed to restore check: check={CheckId} error={Error}")]
    public static partial void PurgingCheck(this ILogger logger, string checkId, string error);

    [LoggerMessage(5638, LogLevel.Error,
        "unable to deregister service after check has been critical for too long: service={ServiceId} error={Error}")]
    public static partial void ReapFailed(this ILogger logger, string serviceId, string error);

    [LoggerMessage(5639, LogLevel.Information,
        "Check for service has been critical for too long; deregistered service: service={ServiceId} check={CheckId}")]
    public static partial void ReapedService(this ILogger logger, string serviceId, string checkId);

    [LoggerMessage(5640, LogLevel.Warning, "Dropped logs during monitor request: dropped_logs={Count}")]
    public static partial void MonitorDroppedLines(this ILogger logger, long count);
}
