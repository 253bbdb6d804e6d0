using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Coordinates;

/// <summary>
/// The own place in the network, moved a little by every measured round trip. All nodes must move by the same rules, or
/// their distances mean nothing to each other.
/// </summary>
internal sealed class VivaldiClient(SeededRandom random)
{
    private const double ErrorGain = 0.25;
    private const double ForceGain = 0.25;
    private const int AdjustmentWindow = 20;

    /// <summary>The larger, the weaker the pull to the origin that keeps all coordinates from drifting away together.</summary>
    private const double GravityRho = 150;

    private static readonly TimeSpan s_roundTripMax = TimeSpan.FromSeconds(10);
    private readonly double[] _adjustments = new double[AdjustmentWindow];
    private Coordinate _own = CoordinateMath.Origin;
    private int _nextAdjustment;

    public ref readonly Coordinate Own => ref _own;

    /// <summary>How often the own coordinate became meaningless and was started over.</summary>
    public int Resets { get; private set; }

    /// <summary>Learns from a round trip to a node; false when the measurement or its coordinate is not believable.</summary>
    public bool TryUpdate(ref PeerPlace place, in Coordinate other, TimeSpan roundTrip)
    {
        if (!CoordinateMath.IsValid(other) || roundTrip < TimeSpan.Zero || roundTrip > s_roundTripMax) return false;
        double seconds = place.Filter(roundTrip.TotalSeconds);
        Move(other, seconds);
        Adjust(other, seconds);
        Coordinate origin = CoordinateMath.Origin;
        double distance = CoordinateMath.DistanceSeconds(origin, _own) / GravityRho;
        CoordinateMath.ApplyForce(ref _own, -distance * distance, origin, random);
        place.Coordinate = other;
        place.HasCoordinate = true;
        if (CoordinateMath.IsValid(_own)) return true;
        _own = CoordinateMath.Origin;
        Resets++;
        return true;
    }

    private void Move(in Coordinate other, double seconds)
    {
        double distance = CoordinateMath.DistanceSeconds(_own, other);
        double measured = Math.Max(seconds, CoordinateMath.ZeroThreshold);
        double wrongness = Math.Abs(distance - measured) / measured;
        double weight = _own.Error / Math.Max(_own.Error + other.Error, CoordinateMath.ZeroThreshold);
        double error = (ErrorGain * weight * wrongness) + (_own.Error * (1 - (ErrorGain * weight)));
        _own.Error = Math.Min(CoordinateMath.ErrorMax, error);
        CoordinateMath.ApplyForce(ref _own, ForceGain * weight * (measured - distance), other, random);
    }

    private void Adjust(in Coordinate other, double seconds)
    {
        _adjustments[_nextAdjustment] = seconds - CoordinateMath.RawDistance(_own, other);
        _nextAdjustment = (_nextAdjustment + 1) % AdjustmentWindow;
        double sum = 0;
        foreach (double sample in _adjustments) sum += sample;
        _own.Adjustment = sum / (2.0 * AdjustmentWindow);
    }
}
