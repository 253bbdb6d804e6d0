using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>Reads of sessions.</summary>
public sealed partial class ClusterState
{
    public QueryResult<Session?> Session(string id, WatchSet? watches)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddUuid(id);
        watches?.AddKey(WatchTable.Sessions, key.Span);
        return new QueryResult<Session?>(IndexOf(IndexNames.Sessions), Tables.Sessions.Get(key.Span));
    }

    /// <summary>Ordered by id.</summary>
    public QueryResult<IReadOnlyList<Session>> Sessions(WatchSet? watches)
    {
        watches?.AddTable(WatchTable.Sessions);
        return new QueryResult<IReadOnlyList<Session>>(IndexOf(IndexNames.Sessions), ToList(Tables.Sessions.All()));
    }

    /// <summary>Ordered by id.</summary>
    public QueryResult<IReadOnlyList<Session>> NodeSessions(string node, WatchSet? watches)
    {
        watches?.AddTable(WatchTable.Sessions);
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(node);
        return new QueryResult<IReadOnlyList<Session>>(
            IndexOf(IndexNames.Sessions), ToList(Tables.SessionsByNode.WithPrefix(scope.Span)));
    }

    private static List<T> ToList<T>(ByteMapRange<T> range)
    {
        var rows = new List<T>();
        foreach (ByteMapEntry<T> entry in range) rows.Add(entry.Value);
        return rows;
    }
}
