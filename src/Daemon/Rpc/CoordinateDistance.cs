using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc;

/// <summary>Estimated round trips between places in the network.</summary>
internal static class CoordinateDistance
{
    /// <summary>Seconds from one place to another, cut to whole nanoseconds as peers do; infinite when they cannot be compared.</summary>
    public static double Seconds(CoordinatePoint? from, CoordinatePoint? to)
    {
        if (from is null || to is null || (from.Vec?.Count ?? 0) != (to.Vec?.Count ?? 0)) return double.PositiveInfinity;
        double sum = 0;
        for (int i = 0; i < (from.Vec?.Count ?? 0); i++)
        {
            double difference = from.Vec![i] - to.Vec![i];
            sum += difference * difference;
        }

        double raw = Math.Sqrt(sum) + from.Height + to.Height;
        double adjusted = raw + from.Adjustment + to.Adjustment;
        long nanoseconds = (long)((adjusted > 0 ? adjusted : raw) * 1e9);
        // Whole seconds apart from the rest, as peers convert: above one second the rounding differs otherwise.
        return (nanoseconds / 1_000_000_000) + (nanoseconds % 1_000_000_000 / 1e9);
    }

    /// <summary>
    /// The places of two nodes in a segment that both are in. A node with one place is taken to be in that segment alone, one
    /// with several is a server, which is in all of them. Null for a node that is not in the segment.
    /// </summary>
    /// <param name="from">The places of one node.</param>
    /// <param name="to">Those of the other.</param>
    public static (CoordinatePoint? From, CoordinatePoint? To) Intersect(IReadOnlyList<Coordinate> from, IReadOnlyList<Coordinate> to)
    {
        string segment = from.Count == 1 ? from[0].Segment : "";
        if (to.Count == 1) segment = to[0].Segment;
        return (Find(from, segment), Find(to, segment));
    }

    private static CoordinatePoint? Find(IReadOnlyList<Coordinate> places, string segment)
    {
        for (int i = 0; i < places.Count; i++)
        {
            if (places[i].Segment == segment) return places[i].Point;
        }

        return null;
    }
}
