using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;

namespace Consul.Fast.Storage.State;

/// <summary>What is derived from all service instances, built at first use and shared by states with the same instances.</summary>
internal sealed class CatalogLists(ByteMap<NodeService> byName)
{
    private IReadOnlyList<ServiceTags>? _services;

    /// <summary>Every service name with the distinct tags of its instances, ordered by name.</summary>
    public IReadOnlyList<ServiceTags> Services => Volatile.Read(ref _services) ?? Build();

    /// <summary>Groups instances by the exact text of their service name; tags keep the order they are met in.</summary>
    public static IReadOnlyList<ServiceTags> Group(IEnumerable<NodeService> instances)
    {
        var names = new SortedDictionary<string, (List<string> Tags, HashSet<string> Seen)>(StringComparer.Ordinal);
        foreach (NodeService instance in instances)
        {
            if (!names.TryGetValue(instance.Service, out (List<string> Tags, HashSet<string> Seen) service))
            {
                service = ([], []);
                names.Add(instance.Service, service);
            }

            foreach (string tag in instance.Tags ?? [])
            {
                if (service.Seen.Add(tag)) service.Tags.Add(tag);
            }
        }

        return [.. names.Select(static pair => new ServiceTags(pair.Key, pair.Value.Tags))];
    }

    private IReadOnlyList<ServiceTags> Build()
    {
        var instances = new List<NodeService>(byName.Count);
        foreach (ByteMapEntry<NodeService> entry in byName.All()) instances.Add(entry.Value);
        IReadOnlyList<ServiceTags> services = Group(instances);
        Volatile.Write(ref _services, services);
        return services;
    }
}
