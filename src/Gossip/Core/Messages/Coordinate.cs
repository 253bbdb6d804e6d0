using System.Runtime.CompilerServices;

namespace Consul.Fast.Gossip.Core.Messages;

/// <summary>Place of a node in the space whose distances are round-trip times. Seconds, but for the error, which has no unit.</summary>
internal struct Coordinate
{
    public const int Dimensions = 8;

    /// <summary>Written as an array of eight; a peer's of another length makes its coordinate incompatible.</summary>
    public CoordinateVector Vec;

    public double Error;

    public double Adjustment;

    public double Height;
}

[InlineArray(Coordinate.Dimensions)]
internal struct CoordinateVector
{
    private double _first;
}
