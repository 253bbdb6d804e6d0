using Consul.Fast.Daemon.Agent.Persistence;
using Consul.Fast.Daemon.Checks;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Agent;

/// <content>Checks.</content>
internal sealed partial class LocalAgent
{
    private const string LocalScriptsDisabled =
        "Scripts are disabled on this agent; to enable, configure 'enable_script_checks' or 'enable_local_script_checks' to true";

    private const string RemoteScriptsDisabled =
        "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true";

    /// <summary>Adds or replaces a check of the node or of a service. One that exists keeps its result.</summary>
    public string? AddCheck(CheckDefinition definition, string token, DefinitionSource source, bool persist)
    {
        lock (_gate)
        {
            string id = definition.Id.Length > 0 ? definition.Id : definition.Name;
            if (id.Length == 0) return "CheckID missing";
            definition = definition with { Id = id };
            if (CheckFault(definition, source) is { } fault) return fault;
            HealthCheck? previous = Previous(id);
            var check = new HealthCheck
            {
                Node = state.NodeName,
                CheckId = id,
                Name = definition.Name,
                Status = previous?.Status ?? (definition.Status.Length > 0 ? definition.Status : CheckStatus.Critical),
                Output = previous?.Output ?? "",
                Notes = definition.Notes,
                ServiceId = definition.ServiceId,
                // Checks of the node that come from files have never shown a type.
                Type = source == DefinitionSource.Remote ? definition.TypeName : "",
                Interval = GoDuration.Format(definition.IntervalNs),
                Timeout = GoDuration.Format(definition.TimeoutNs),
            };
            return RegisterCheck(check, definition, token, source, persist);
        }
    }

    /// <summary>Removes a check. An unknown one is no fault.</summary>
    public string? RemoveCheck(string checkId)
    {
        lock (_gate) return RemoveCheckInTurn(checkId);
    }

    /// <summary>Takes the result of a TTL check from outside.</summary>
    public string? UpdateTtl(string checkId, string status, string output)
    {
        if (checks.Ttl(checkId) is not { } ttl) return $"CheckID {GoDuration.Quote(checkId)} does not have associated TTL";
        output = ttl.SetStatus(status, output);
        return Save(() => store?.SaveTtl(checkId, status, output, ttl.Ttl)) is { } fault
            ? $"failed persisting state for check {GoDuration.Quote(checkId)}: {fault}" : null;
    }

    /// <summary>Services with a check that has been critical for longer than it allows, each with that check.</summary>
    internal IReadOnlyList<(string ServiceId, string CheckId)> ServicesToReap()
    {
        lock (_gate)
        {
            if (_reapAfter.Count == 0) return [];
            var reap = new List<(string, string)>();
            foreach ((HealthCheck check, TimeSpan duration) in state.CriticalChecks())
            {
                if (check.ServiceId.Length == 0 || !_reapAfter.TryGetValue(check.CheckId, out TimeSpan after)) continue;
                if (duration > after) reap.Add((check.ServiceId, check.CheckId));
            }

            return reap;
        }
    }

    private string? CheckFault(CheckDefinition definition, DefinitionSource source)
    {
        if (definition.Validate() is { } fault) return $"Check is not valid: {fault}";
        if (!definition.IsScript) return null;
        if (source == DefinitionSource.Local) return settings.EnableLocalScripts ? null : LocalScriptsDisabled;
        return settings.EnableRemoteScripts ? null : RemoteScriptsDisabled;
    }

    /// <param name="definition">How to run it; null for a check that has its result for good.</param>
    private string? RegisterCheck(HealthCheck check, CheckDefinition? definition, string token, DefinitionSource source, bool persist)
    {
        if (check.ServiceId.Length > 0)
        {
            if (state.Service(check.ServiceId) is not { } service) return $"ServiceID {GoDuration.Quote(check.ServiceId)} does not exist";
            check = check with { ServiceName = service.Service, ServiceTags = service.Tags };
        }

        check = WithSavedResult(check, definition);
        if (persist && Save(() => store?.Save(null, [new PersistedCheck(check, definition, token, source)])) is { } fault) return fault;
        return Run(check, definition, token);
    }

    /// <summary>A TTL check goes on with the last result, as long as that counts.</summary>
    private HealthCheck WithSavedResult(HealthCheck check, CheckDefinition? definition) =>
        definition is { TtlNs: > 0 } && store?.LoadTtl(check.CheckId) is { } saved
            ? check with { Status = saved.Status, Output = saved.Output } : check;

    /// <summary>Makes a check part of the state and runs it. What must outlive the process is on the disk by then.</summary>
    private string? Run(HealthCheck check, CheckDefinition? definition, string token)
    {
        if (state.AddCheck(check, token) is { } fault) return fault;
        if (definition is null) return null;
        checks.Start(definition with { Id = check.CheckId }, check.Output);
        KeepReapTime(check.CheckId, definition.DeregisterCriticalServiceAfterNs);
        return null;
    }

    private string? RemoveCheckInTurn(string checkId)
    {
        if (checkId.Length == 0) return "CheckID missing";
        if (DeleteFiles(checkId) is { } fault) return fault;
        Drop(checkId);
        return null;
    }

    private void Drop(string checkId)
    {
        checks.Stop(checkId);
        _reapAfter.Remove(checkId);
        if (state.RemoveCheck(checkId)) logger.RemovedCheck(checkId);
    }

    private string? DeleteFiles(string checkId) => Save(() =>
    {
        store?.DeleteCheck(checkId);
        store?.DeleteTtl(checkId);
    });

    private void KeepReapTime(string checkId, long afterNs)
    {
        if (afterNs <= 0)
        {
            _reapAfter.Remove(checkId);
            return;
        }

        TimeSpan after = GoDuration.ToTimeSpan(afterNs);
        if (after < settings.DeregisterIntervalMin)
        {
            after = settings.DeregisterIntervalMin;
            logger.DeregisterIntervalTooShort(checkId, GoDuration.Format(after));
        }

        _reapAfter[checkId] = after;
    }
}
