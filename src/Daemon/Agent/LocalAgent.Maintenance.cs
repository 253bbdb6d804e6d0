using Consul.Fast.Daemon.Agent.Persistence;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Agent;

/// <content>Maintenance mode: a critical check that nobody runs.</content>
internal sealed partial class LocalAgent
{
    /// <summary>Id of the node's maintenance check, and what the ids of those of services begin with.</summary>
    public const string NodeMaintenanceCheckId = "_node_maintenance";

    public const string ServiceMaintenancePrefix = "_service_maintenance:";

    private const string MaintenanceType = "maintenance";

    /// <summary>Puts the node into maintenance; when it is there already the first reason stays.</summary>
    public string? EnableNodeMaintenance(string reason, string token) =>
        EnableMaintenance(NodeMaintenanceCheckId, "Node Maintenance Mode", "node", null, reason, token);

    public string? DisableNodeMaintenance() => DisableMaintenance(NodeMaintenanceCheckId);

    /// <summary>The service must exist.</summary>
    public string? EnableServiceMaintenance(string serviceId, string reason, string token) =>
        EnableMaintenance(ServiceMaintenancePrefix + serviceId, "Service Maintenance Mode", "service", serviceId, reason, token);

    public string? DisableServiceMaintenance(string serviceId) => DisableMaintenance(ServiceMaintenancePrefix + serviceId);

    private string? EnableMaintenance(string checkId, string name, string what, string? serviceId, string reason, string token)
    {
        lock (_gate)
        {
            if (state.Check(checkId) is not null) return null;
            if (reason.Length == 0)
            {
                reason = $"Maintenance mode is enabled for this {what}, but no reason was provided. This is a default message.";
            }

            var check = new HealthCheck
            {
                Node = state.NodeName,
                CheckId = checkId,
                Name = name,
                Notes = reason,
                ServiceId = serviceId ?? "",
                Status = CheckStatus.Critical,
                Type = MaintenanceType,
            };
            if (RegisterCheck(check, null, token, DefinitionSource.Local, persist: true) is { } fault) return fault;
            logger.EnteredMaintenance(checkId);
            return null;
        }
    }

    private string? DisableMaintenance(string checkId)
    {
        lock (_gate)
        {
            if (state.Check(checkId) is null) return null;
            string? fault = RemoveCheckInTurn(checkId);
            if (fault is null) logger.LeftMaintenance(checkId);
            return fault;
        }
    }
}
