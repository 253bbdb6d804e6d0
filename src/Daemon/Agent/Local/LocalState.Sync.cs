using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Agent.Local;

/// <summary>What has to be told the servers about one service or check.</summary>
internal enum SyncAction
{
    None,
    Register,
    Deregister,
}

/// <summary>A piece of sync work, taken from the local state at one moment.</summary>
/// <param name="Service">What to register, or for a check the service to carry along; null when there is none.</param>
/// <param name="Checks">The checks to register with it.</param>
internal sealed record SyncWork(
    SyncAction Action, string Id, string Token, long Revision, NodeService? Service, IReadOnlyList<PendingCheck> Checks);

internal readonly record struct PendingCheck(HealthCheck Check, long Revision);

/// <summary>The side of the local state that anti-entropy uses.</summary>
internal sealed partial class LocalState
{
    private const string ConsulServiceId = "consul";
    private const string SerfCheckId = "serfHealth";

    public bool NodeInfoInSync
    {
        get
        {
            lock (_gate) return _nodeInfoInSync;
        }

        set
        {
            lock (_gate) _nodeInfoInSync = value;
        }
    }

    /// <summary>Compares with what the catalog holds and marks every difference for the next partial sync.</summary>
    public void Compare(bool nodeIsSame, IReadOnlyList<NodeService> remoteServices, IReadOnlyList<HealthCheck> remoteChecks)
    {
        lock (_gate)
        {
            if (!nodeIsSame) _nodeInfoInSync = false;
            CompareServices(remoteServices);
            CompareChecks(remoteChecks);
        }
    }

    /// <summary>The services that differ from the catalog, or all of them, in the order of their ids.</summary>
    public IReadOnlyList<string> ServiceIdsToSync(bool all)
    {
        lock (_gate) return Ids(_services, all);
    }

    public IReadOnlyList<string> CheckIdsToSync(bool all)
    {
        lock (_gate) return Ids(_checks, all);
    }

    /// <summary>What is to be done for a service now; checks that use the same token travel with it.</summary>
    /// <param name="tokenOf">Chooses the token of an operation from the one registered with the item.</param>
    public SyncWork? ServiceWork(string id, Func<SyncAction, string, string> tokenOf)
    {
        lock (_gate)
        {
            if (!_services.TryGetValue(id, out ServiceEntry? entry)) return null;
            if (entry.InSync) return new(SyncAction.None, id, "", entry.Revision, null, []);
            if (entry.Deleted) return Deregistration(id, entry, tokenOf);
            string token = tokenOf(SyncAction.Register, entry.Token);
            var checks = new List<PendingCheck>();
            foreach (CheckEntry check in _checks.Values)
            {
                if (check is not { Deleted: false, InSync: false, Check: { } record } || record.ServiceId != id) continue;
                if (tokenOf(SyncAction.Register, check.Token) == token) checks.Add(new(record, check.Revision));
            }

            return new(SyncAction.Register, id, token, entry.Revision, entry.Service, checks);
        }
    }

    public SyncWork? CheckWork(string id, Func<SyncAction, string, string> tokenOf)
    {
        lock (_gate)
        {
            if (!_checks.TryGetValue(id, out CheckEntry? entry)) return null;
            if (entry.InSync) return new(SyncAction.None, id, "", entry.Revision, null, []);
            if (entry.Deleted) return Deregistration(id, entry, tokenOf);
            CancelDeferral(entry);
            return new(
                SyncAction.Register, id, tokenOf(SyncAction.Register, entry.Token), entry.Revision, Live(entry.Check!.ServiceId)?.Service,
                [new(entry.Check, entry.Revision)]);
        }
    }

    /// <summary>The servers hold what <paramref name="work"/> said, or will not be asked again before the next full sync.</summary>
    public void ServiceSynced(SyncWork work)
    {
        lock (_gate)
        {
            if (_services.TryGetValue(work.Id, out ServiceEntry? entry) && entry.Revision == work.Revision) entry.InSync = true;
            ChecksSynced(work.Checks);
        }
    }

    public void CheckSynced(SyncWork work)
    {
        lock (_gate)
        {
            if (work.Action == SyncAction.Register) ChecksSynced(work.Checks);
            else if (_checks.TryGetValue(work.Id, out CheckEntry? entry) && entry.Revision == work.Revision) entry.InSync = true;
        }
    }

    /// <summary>Forgets a removed service, and its removed checks, which the servers drop with it.</summary>
    public void ServiceDeregistered(SyncWork work)
    {
        lock (_gate)
        {
            if (!_services.TryGetValue(work.Id, out ServiceEntry? entry) || entry.Revision != work.Revision) return;
            _services.Remove(work.Id);
            foreach ((string id, CheckEntry check) in _checks)
            {
                if (check.Deleted && check.Check?.ServiceId == work.Id) _checks.Remove(id);
            }
        }
    }

    public void CheckDeregistered(SyncWork work)
    {
        lock (_gate)
        {
            if (_checks.TryGetValue(work.Id, out CheckEntry? entry) && entry.Revision == work.Revision) _checks.Remove(work.Id);
        }
    }

    private static SyncWork Deregistration(string id, LocalEntry entry, Func<SyncAction, string, string> tokenOf)
    {
        entry.Untold = false;
        return new SyncWork(SyncAction.Deregister, id, tokenOf(SyncAction.Deregister, entry.Token), entry.Revision, null, []);
    }

    private static List<string> Ids<T>(Dictionary<string, T> entries, bool all)
        where T : LocalEntry
    {
        var ids = new List<string>();
        foreach ((string id, T entry) in entries)
        {
            if (all || !entry.InSync) ids.Add(id);
        }

        ids.Sort(StringComparer.Ordinal);
        return ids;
    }

    private void ChecksSynced(IReadOnlyList<PendingCheck> checks)
    {
        foreach ((HealthCheck check, long revision) in checks)
        {
            if (_checks.TryGetValue(check.CheckId, out CheckEntry? entry) && entry.Revision == revision) entry.InSync = true;
        }
    }

    private void CompareServices(IReadOnlyList<NodeService> remoteServices)
    {
        // What the catalog lacks, and removals that were refused before, are tried again.
        var remoteIds = remoteServices.Select(static service => service.Id).ToHashSet(StringComparer.Ordinal);
        foreach ((string id, ServiceEntry entry) in _services)
        {
            if (entry.Deleted || !remoteIds.Contains(id)) entry.InSync = false;
        }

        foreach (NodeService remote in remoteServices)
        {
            if (!_services.TryGetValue(remote.Id, out ServiceEntry? entry))
            {
                if (remote.Id != ConsulServiceId) _services[remote.Id] = new ServiceEntry { Deleted = true };
                continue;
            }

            if (entry is not { Deleted: false, Service: { } local }) continue;
            if (local.EnableTagOverride && !(local.Tags ?? []).SequenceEqual(remote.Tags ?? []))
            {
                entry.Service = local = local with { Tags = remote.Tags };
            }

            entry.InSync = RecordComparison.Same(local, remote);
        }
    }

    private void CompareChecks(IReadOnlyList<HealthCheck> remoteChecks)
    {
        var remoteIds = remoteChecks.Select(static check => check.CheckId).ToHashSet(StringComparer.Ordinal);
        foreach ((string id, CheckEntry entry) in _checks)
        {
            if (entry.Deleted || !remoteIds.Contains(id)) entry.InSync = false;
        }

        foreach (HealthCheck remote in remoteChecks)
        {
            if (!_checks.TryGetValue(remote.CheckId, out CheckEntry? entry))
            {
                if (remote.CheckId != SerfCheckId) _checks[remote.CheckId] = new CheckEntry { Deleted = true };
                continue;
            }

            if (entry is not { Deleted: false, Check: { } local }) continue;
            // A deferred output has its own time and must not be synced early by the sweep.
            entry.InSync = entry.Deferred is null
                ? RecordComparison.Same(local, remote)
                : RecordComparison.Same(local with { Output = "" }, remote with { Output = "" });
        }
    }
}
