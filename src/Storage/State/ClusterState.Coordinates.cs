using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>Reads of network coordinates.</summary>
public sealed partial class ClusterState
{
    /// <summary>Ordered by node, then segment.</summary>
    public QueryResult<IReadOnlyList<Coordinate>> Coordinates(WatchSet? watches)
    {
        watches?.AddTable(WatchTable.Coordinates);
        return new QueryResult<IReadOnlyList<Coordinate>>(IndexOf(IndexNames.Coordinates), ToList(Tables.Coordinates.All()));
    }

    /// <summary>Those of one node, one for each of its segments; none for an unknown node.</summary>
    public QueryResult<IReadOnlyList<Coordinate>> NodeCoordinates(string node, WatchSet? watches)
    {
        WatchScope(watches, WatchTable.Coordinates, node);
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(node);
        return new QueryResult<IReadOnlyList<Coordinate>>(
            IndexOf(IndexNames.Coordinates), ToList(Tables.Coordinates.WithPrefix(scope.Span)));
    }
}
