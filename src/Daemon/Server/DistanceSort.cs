using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;

namespace Consul.Fast.Daemon.Server;

/// <summary>Sorts the rows of a read by the estimated round trip from the node that the caller names.</summary>
internal static class DistanceSort
{
    /// <summary>
    /// The rows, nearest first, those of nodes without a place last, equally near ones as they were. The list itself when no
    /// order is asked for, the node's place is not known, or it is in another datacenter, whose places do not compare.
    /// </summary>
    /// <param name="source">Whose distance counts.</param>
    /// <param name="datacenter">That of the rows.</param>
    /// <param name="nodeOf">The name of a row's node.</param>
    public static IReadOnlyList<T> Apply<T>(
        IReadOnlyList<T> rows, QuerySource source, string datacenter, ClusterState state, Func<T, string> nodeOf)
    {
        if (source.Node.Length == 0 || source.Datacenter != datacenter || rows.Count == 0) return rows;
        IReadOnlyList<Coordinate> from = state.NodeCoordinates(source.Node, null).Value;
        return from.Count == 0 ? rows : Sort(rows, from, state, nodeOf);
    }

    private static T[] Sort<T>(IReadOnlyList<T> rows, IReadOnlyList<Coordinate> from, ClusterState state, Func<T, string> nodeOf)
    {
        var keys = new (double Distance, int Position)[rows.Count];
        var sorted = new T[rows.Count];
        string? node = null;
        double distance = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            // Rows come ordered by node, so that those of one follow each other.
            sorted[i] = rows[i];
            if (nodeOf(rows[i]) is var name && name != node)
            {
                node = name;
                (CoordinatePoint? here, CoordinatePoint? there) =
                    CoordinateDistance.Intersect(from, state.NodeCoordinates(name, null).Value);
                distance = CoordinateDistance.Seconds(here, there);
            }

            keys[i] = (distance, i);
        }

        // The position makes the order of equals that of the rows.
        Array.Sort(keys, sorted);
        return sorted;
    }
}
