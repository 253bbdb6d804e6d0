using Consul.Fast.Daemon.Agent.Local;
using Consul.Fast.Daemon.Agent.Persistence;
using Consul.Fast.Daemon.Agent.Sync;
using Consul.Fast.Daemon.Checks;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Agent;

/// <summary>
/// Registers and removes the services and checks of this agent: the files, the local state and the running checks change
/// together here and nowhere else, the files first, so that a fault means that nothing was done. Thread safe; operations take
/// turns. Faults come as texts, null is success.
/// </summary>
/// <param name="store">Where registrations outlive the process; null in development mode.</param>
internal sealed partial class LocalAgent(
    AgentSettings settings, LocalState state, StateSyncer syncer, CheckSet checks, AgentStore? store, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TimeSpan> _reapAfter = new(StringComparer.Ordinal);

    /// <summary>Checks as they were before a reload; empty otherwise.</summary>
    private Dictionary<string, HealthCheck> _carriedOver = [];

    public LocalState State => state;

    public StateSyncer Syncer => syncer;

    public CheckSet RunningChecks => checks;

    /// <summary>Adds or replaces a service with its checks. Checks of it that are not listed stay, unless told otherwise.</summary>
    /// <param name="persist">Keep it over restarts: right for everything that came through the API.</param>
    public string? AddService(
        NodeService service, IReadOnlyList<CheckDefinition> definitions, string token, DefinitionSource source, bool persist,
        bool replaceExistingChecks = false)
    {
        lock (_gate) return AddServiceInTurn(service, definitions, token, source, persist, replaceExistingChecks);
    }

    /// <summary>Removes a service with its checks and its sidecar. An unknown one is no fault.</summary>
    public string? RemoveService(string serviceId)
    {
        lock (_gate) return RemoveServiceInTurn(serviceId);
    }

    /// <summary>Stops all checks; what is registered stays registered.</summary>
    public void StopChecks()
    {
        lock (_gate) checks.StopAll();
    }

    private string? AddServiceInTurn(
        NodeService service, IReadOnlyList<CheckDefinition> definitions, string token, DefinitionSource source, bool persist,
        bool replaceExistingChecks)
    {
        if (service.Service.Length == 0) return "Service name missing";
        if (ServiceRegistration.TaggedAddressFault(service) is { } addressFault) return addressFault;
        foreach (CheckDefinition definition in definitions)
        {
            if (CheckFault(definition, source) is { } fault) return fault;
        }

        HealthCheck[] records = [.. definitions.Select(definition => WithSavedResult(CheckOf(definition, service), definition))];
        if (persist && Save(() => store?.Save(new PersistedService(service, token, source), Persisted())) is { } refused) return refused;
        syncer.Pause();
        try
        {
            state.AddService(service, token);
            for (int i = 0; i < records.Length; i++)
            {
                if (Run(records[i], definitions[i], token) is { } fault) return fault;
            }

            if (replaceExistingChecks) RemoveOtherChecks(service.Id, records);
        }
        finally
        {
            syncer.Resume();
        }

        return null;

        IEnumerable<PersistedCheck> Persisted() =>
            records.Select((record, i) => new PersistedCheck(record, definitions[i], token, source));
    }

    private string? RemoveServiceInTurn(string serviceId)
    {
        if (serviceId.Length == 0) return "ServiceID missing";
        NodeService? removed = state.Service(serviceId);
        if (Save(() => store?.DeleteService(serviceId)) is { } fault) return fault;
        syncer.Pause();
        try
        {
            // The service first: its checks must never be seen removed while it still looks healthy without them.
            if (!state.RemoveService(serviceId)) logger.ServiceToRemoveUnknown(serviceId);
            foreach (HealthCheck check in state.Checks())
            {
                if (check.ServiceId != serviceId) continue;
                Drop(check.CheckId);
                // A file that stays is removed at the next start, which finds no service for it.
                if (DeleteFiles(check.CheckId) is { } left) logger.CheckNotRemoved(check.CheckId, left);
            }
        }
        finally
        {
            syncer.Resume();
        }

        if (removed is not null) logger.RemovedService(serviceId);
        string sidecar = serviceId + "-sidecar-proxy";
        return state.Service(sidecar) is { LocallyRegisteredAsSidecar: true } ? RemoveServiceInTurn(sidecar) : null;
    }

    private void RemoveOtherChecks(string serviceId, HealthCheck[] kept)
    {
        foreach (HealthCheck check in state.Checks())
        {
            if (check.ServiceId != serviceId || kept.Any(other => other.CheckId == check.CheckId)) continue;
            if (RemoveCheckInTurn(check.CheckId) is { } fault) logger.CheckNotRemoved(check.CheckId, fault);
        }
    }

    /// <summary>The record of a check that was defined inside a service; a check that exists keeps its result.</summary>
    private HealthCheck CheckOf(CheckDefinition definition, NodeService service)
    {
        HealthCheck? previous = Previous(definition.Id);
        return new HealthCheck
        {
            Node = state.NodeName,
            CheckId = definition.Id,
            Name = definition.Name,
            Status = previous?.Status ?? (definition.Status.Length > 0 ? definition.Status : CheckStatus.Critical),
            Output = previous?.Output ?? "",
            Notes = definition.Notes,
            ServiceId = service.Id,
            ServiceName = service.Service,
            ServiceTags = service.Tags,
            Type = definition.TypeName,
        };
    }

    private HealthCheck? Previous(string checkId) => state.Check(checkId) ?? _carriedOver.GetValueOrDefault(checkId);

    /// <summary>Runs a change of files; the file system's fault becomes the operation's.</summary>
    private static string? Save(Action change)
    {
        try
        {
            change();
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return fault.Message;
        }
    }
}
