using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Agent.Local;

/// <param name="NodeName">The node that all checks belong to.</param>
/// <param name="CheckUpdateInterval">Typical time after which a change of an output alone is synced; zero syncs it at once.</param>
internal sealed record LocalStateOptions(string NodeName, TimeSpan CheckUpdateInterval);

/// <summary>
/// The services and checks of this agent, which is their authority: the catalog is made to match them. Thread safe; one
/// lock, never held while calling out.
/// </summary>
internal sealed partial class LocalState(LocalStateOptions options, TimerWheel wheel)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServiceEntry> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CheckEntry> _checks = new(StringComparer.Ordinal);
    private SortedMap<string> _metadata = SortedMap<string>.Empty;
    private Action[] _healthWatchers = [];
    private bool _nodeInfoInSync;

    /// <summary>Called, on the changing thread, when there is something new to sync. Set once, before the first change.</summary>
    public Action SyncWanted { get; set; } = static () => { };

    /// <summary>Outputs of checks are dropped. May change at a reload.</summary>
    public bool DiscardCheckOutput { get; set; }

    public string NodeName => options.NodeName;

    /// <summary>The node's metadata; a change is synced with the node.</summary>
    public SortedMap<string> Metadata
    {
        get
        {
            lock (_gate) return _metadata;
        }

        set
        {
            lock (_gate)
            {
                if (RecordComparison.Same(_metadata, value)) return;
                _metadata = value;
                _nodeInfoInSync = false;
            }

            SyncWanted();
        }
    }

    /// <summary>Adds or replaces a service. One that says the same as before stays in sync.</summary>
    public void AddService(NodeService service, string token)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            _services.TryGetValue(service.Id, out ServiceEntry? old);
            waiting = old?.Changed;
            _services[service.Id] = new ServiceEntry
            {
                Service = service,
                Token = token,
                InSync = old is { Mirrored: true, Service: not null } && RecordComparison.Same(service, old.Service),
                Revision = (old?.Revision ?? 0) + 1,
            };
        }

        waiting?.TrySetResult();
        NotifyHealthWatchers();
        SyncWanted();
    }

    /// <summary>Marks a service for removal; false when there is none.</summary>
    public bool RemoveService(string id)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            if (!_services.TryGetValue(id, out ServiceEntry? entry) || entry.Deleted) return false;
            entry.Delete();
            waiting = entry.Changed;
            entry.Changed = null;
        }

        waiting?.TrySetResult();
        NotifyHealthWatchers();
        SyncWanted();
        return true;
    }

    public NodeService? Service(string id)
    {
        lock (_gate) return Live(id)?.Service;
    }

    public bool ServiceExists(string serviceId) => Service(serviceId) is not null;

    /// <summary>A service and a task that ends at its next change or removal; null for an unknown one.</summary>
    public (NodeService Service, Task Changed)? WatchService(string id)
    {
        lock (_gate)
        {
            if (Live(id) is not { } entry) return null;
            entry.Changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (entry.Service!, entry.Changed.Task);
        }
    }

    /// <summary>The token a service was registered with; empty for none.</summary>
    public string ServiceToken(string id)
    {
        lock (_gate) return _services.TryGetValue(id, out ServiceEntry? entry) ? entry.Token : "";
    }

    /// <summary>All services, ordered by id.</summary>
    public IReadOnlyList<NodeService> Services()
    {
        lock (_gate)
        {
            var services = new List<NodeService>(_services.Count);
            foreach (ServiceEntry entry in _services.Values)
            {
                if (entry is { Deleted: false, Service: { } service }) services.Add(service);
            }

            services.Sort(static (a, b) => string.CompareOrdinal(a.Id, b.Id));
            return services;
        }
    }

    /// <summary>Calls back whenever the health that this agent shows may have changed.</summary>
    public IDisposable OnHealthChanged(Action changed)
    {
        lock (_gate) _healthWatchers = [.. _healthWatchers, changed];
        return new HealthSubscription(this, changed);
    }

    private ServiceEntry? Live(string id) =>
        _services.TryGetValue(id, out ServiceEntry? entry) && entry is { Deleted: false, Service: not null } ? entry : null;

    private void NotifyHealthWatchers()
    {
        foreach (Action watcher in Volatile.Read(ref _healthWatchers)) watcher();
    }

    private sealed class HealthSubscription(LocalState state, Action changed) : IDisposable
    {
        public void Dispose()
        {
            lock (state._gate) state._healthWatchers = [.. state._healthWatchers.Where(watcher => watcher != changed)];
        }
    }
}
