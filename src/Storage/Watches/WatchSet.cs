namespace Consul.Fast.Storage.Watches;

/// <summary>What one run of a query read, so that it can be woken by exactly the changes that concern it.</summary>
public sealed class WatchSet
{
    private readonly List<WatchTopic> _topics = [];

    public IReadOnlyList<WatchTopic> Topics => _topics;

    /// <summary>One row of a table, by its (lower-cased where the table says so) key.</summary>
    public void AddKey(WatchTable table, ReadOnlySpan<byte> key) => _topics.Add(new WatchTopic(table, key.ToArray(), IsPrefix: false));

    /// <summary>All rows whose key starts with a prefix; the empty prefix is the whole table.</summary>
    public void AddPrefix(WatchTable table, ReadOnlySpan<byte> prefix) =>
        _topics.Add(new WatchTopic(table, prefix.ToArray(), IsPrefix: true));

    public void AddTable(WatchTable table) => AddPrefix(table, default);

    public void Clear() => _topics.Clear();
}

public readonly record struct WatchTopic(WatchTable Table, byte[] Key, bool IsPrefix);

/// <summary>Tables that can be watched.</summary>
public enum WatchTable : byte
{
    Kv,
    Nodes,
    Services,
    Checks,

    /// <summary>Checks by their state: the states that a changed check left and entered.</summary>
    CheckStates,
    Sessions,

    /// <summary>
    /// The instances of a service and the nodes they are on, without their checks; by the key of the service's index row.
    /// </summary>
    Instances,

    /// <summary>Instances that speak for a service over the mesh: by that service's name, node and service id.</summary>
    ConnectServices,

    /// <summary>The checks of a service's instances, without those of the nodes; by the key of the service's index row.</summary>
    ServiceChecks,

    /// <summary>Rows of the index table, by lower-cased name: the cheapest watch for a service (<c>service.web</c>).</summary>
    Index,
}
