using System.Runtime.CompilerServices;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Coordinates;

/// <summary>Geometry of the space in which distances are round-trip times. Seconds throughout.</summary>
internal static class CoordinateMath
{
    public const double ErrorMax = 1.5;
    public const double HeightMin = 10e-6;

    /// <summary>Below this two points are the same, and a duration is no measure.</summary>
    public const double ZeroThreshold = 1e-6;

    /// <summary>The place of a node that knows nothing yet.</summary>
    public static Coordinate Origin => new() { Error = ErrorMax, Height = HeightMin };

    public static bool IsValid(in Coordinate coordinate)
    {
        if (!double.IsFinite(coordinate.Error)) return false;
        if (!double.IsFinite(coordinate.Adjustment) || !double.IsFinite(coordinate.Height)) return false;
        for (int i = 0; i < Coordinate.Dimensions; i++)
        {
            if (!double.IsFinite(coordinate.Vec[i])) return false;
        }

        return true;
    }

    /// <summary>Estimated round trip between two nodes.</summary>
    public static TimeSpan Distance(in Coordinate a, in Coordinate b) => TimeSpan.FromTicks((long)(DistanceNanoseconds(a, b) / 100));

    /// <summary>The estimate in seconds, cut to whole nanoseconds as peers do.</summary>
    public static double DistanceSeconds(in Coordinate a, in Coordinate b)
    {
        long nanoseconds = DistanceNanoseconds(a, b);
        // Whole seconds apart from the rest, as peers convert: above one second the rounding differs otherwise.
        return (nanoseconds / 1_000_000_000) + (nanoseconds % 1_000_000_000 / 1e9);
    }

    /// <summary>Distance without the adjustments.</summary>
    public static double RawDistance(in Coordinate a, in Coordinate b) => Separation(a.Vec, b.Vec) + a.Height + b.Height;

    /// <summary>
    /// Moves <paramref name="coordinate"/> by a force away from <paramref name="other"/>; a negative force pulls it there.
    /// </summary>
    public static void ApplyForce(ref Coordinate coordinate, double force, in Coordinate other, SeededRandom random)
    {
        CoordinateVector unit = UnitVector(coordinate.Vec, other.Vec, random, out double magnitude);
        for (int i = 0; i < Coordinate.Dimensions; i++) coordinate.Vec[i] += unit[i] * force;
        if (magnitude <= ZeroThreshold) return;
        coordinate.Height = Math.Max(HeightMin, ((coordinate.Height + other.Height) * force / magnitude) + coordinate.Height);
    }

    private static long DistanceNanoseconds(in Coordinate a, in Coordinate b)
    {
        double raw = RawDistance(a, b);
        double adjusted = raw + a.Adjustment + b.Adjustment;
        return (long)((adjusted > 0 ? adjusted : raw) * 1e9);
    }

    /// <summary>
    /// Unit vector from <paramref name="to"/> towards <paramref name="from"/>; a random one, at distance 0, when they coincide.
    /// </summary>
    private static CoordinateVector UnitVector(in CoordinateVector from, in CoordinateVector to, SeededRandom random, out double magnitude)
    {
        Unsafe.SkipInit(out CoordinateVector unit);
        for (int i = 0; i < Coordinate.Dimensions; i++) unit[i] = from[i] - to[i];
        magnitude = Length(unit);
        if (magnitude > ZeroThreshold)
        {
            Scale(ref unit, 1 / magnitude);
            return unit;
        }

        magnitude = 0;
        for (int i = 0; i < Coordinate.Dimensions; i++) unit[i] = random.NextDouble() - 0.5;
        double length = Length(unit);
        if (length > ZeroThreshold)
        {
            Scale(ref unit, 1 / length);
            return unit;
        }

        unit = default;
        unit[0] = 1;
        return unit;
    }

    private static double Separation(in CoordinateVector a, in CoordinateVector b)
    {
        double sum = 0;
        for (int i = 0; i < Coordinate.Dimensions; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return Math.Sqrt(sum);
    }

    private static double Length(in CoordinateVector vector)
    {
        double sum = 0;
        for (int i = 0; i < Coordinate.Dimensions; i++) sum += vector[i] * vector[i];
        return Math.Sqrt(sum);
    }

    private static void Scale(ref CoordinateVector vector, double factor)
    {
        for (int i = 0; i < Coordinate.Dimensions; i++) vector[i] *= factor;
    }
}
