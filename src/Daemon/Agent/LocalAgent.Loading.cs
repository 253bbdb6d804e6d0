using Consul.Fast.Daemon.Agent.Persistence;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Agent;

/// <summary>What the configuration registers.</summary>
/// <param name="Metadata">The node's metadata.</param>
internal sealed record ConfiguredDefinitions(
    IReadOnlyList<ServiceDefinition> Services, IReadOnlyList<CheckDefinition> Checks, SortedMap<string> Metadata);

/// <content>Start and reload.</content>
internal sealed partial class LocalAgent
{
    /// <summary>Registers what the configuration says, then what was kept from the API; of equal ids the configuration wins.</summary>
    public string? Load(ConfiguredDefinitions configured)
    {
        lock (_gate) return LoadInTurn(configured);
    }

    /// <summary>
    /// Replaces everything by what the configuration and the files now say. Results of checks are carried over and syncing
    /// waits meanwhile, so what has not changed causes no write to the catalog.
    /// </summary>
    public string? Reload(ConfiguredDefinitions configured)
    {
        lock (_gate)
        {
            syncer.Pause();
            try
            {
                _carriedOver = state.Checks().ToDictionary(static check => check.CheckId, StringComparer.Ordinal);
                checks.StopAll();
                _reapAfter.Clear();
                foreach (string id in _carriedOver.Keys) state.RemoveCheck(id);
                foreach (NodeService service in state.Services()) state.RemoveService(service.Id);
                return LoadInTurn(configured);
            }
            finally
            {
                _carriedOver = [];
                syncer.Resume();
            }
        }
    }

    private string? LoadInTurn(ConfiguredDefinitions configured)
    {
        foreach (ServiceDefinition definition in configured.Services)
        {
            NodeService service = ServiceRegistration.ToService(definition);
            string? fault = AddServiceInTurn(
                service, ServiceRegistration.ChecksOf(definition), definition.Token, DefinitionSource.Local, persist: false,
                replaceExistingChecks: false);
            if (fault is not null) return $"Failed to register service {GoDuration.Quote(definition.Name)}: {fault}";
        }

        if (LoadSavedServices() is { } serviceFault) return serviceFault;
        foreach (CheckDefinition definition in configured.Checks)
        {
            if (AddCheck(definition, definition.Token, DefinitionSource.Local, persist: false) is { } fault)
            {
                return $"Failed to register check '{definition.Name}': {fault}";
            }
        }

        LoadSavedChecks();
        state.Metadata = configured.Metadata;
        return null;
    }

    private string? LoadSavedServices()
    {
        foreach (PersistedService saved in store?.LoadServices() ?? [])
        {
            if (state.ServiceExists(saved.Service.Id))
            {
                logger.ServiceConfiguredToo(saved.Service.Id);
                store!.DeleteService(saved.Service.Id);
                continue;
            }

            logger.RestoredService(saved.Service.Id);
            if (AddServiceInTurn(saved.Service, [], saved.Token, saved.Source, persist: false, replaceExistingChecks: false) is { } fault)
            {
                return $"failed adding service {GoDuration.Quote(saved.Service.Id)}: {fault}";
            }
        }

        return null;
    }

    private void LoadSavedChecks()
    {
        foreach (PersistedCheck saved in store?.LoadChecks() ?? [])
        {
            string id = saved.Check.CheckId;
            if (state.Check(id) is not null)
            {
                logger.CheckConfiguredToo(id);
                store!.DeleteCheck(id);
                continue;
            }

            // What it was before the restart says nothing about now.
            HealthCheck? before = _carriedOver.GetValueOrDefault(id);
            HealthCheck check = saved.Check with
            {
                Status = before?.Status ?? CheckStatus.Critical,
                Output = before?.Output ?? saved.Check.Output,
            };
            string? fault = saved.Type is null ? null : CheckFault(saved.Type, saved.Source);
            fault ??= RegisterCheck(check, saved.Type, saved.Token, saved.Source, persist: false);
            if (fault is null)
            {
                logger.RestoredCheck(id);
                continue;
            }

            logger.PurgingCheck(id, fault);
            store!.DeleteCheck(id);
        }
    }
}
