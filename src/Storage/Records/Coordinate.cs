namespace Consul.Fast.Storage.Records;

/// <summary>A network coordinate of a node, as agents report them.</summary>
public sealed record Coordinate(string Node, string Segment, CoordinatePoint Point);

/// <param name="Vec">Euclidean part, seconds; null as it came.</param>
/// <param name="Error">Confidence of the estimate, without unit.</param>
/// <param name="Adjustment">Seconds.</param>
/// <param name="Height">Seconds.</param>
public sealed record CoordinatePoint(IReadOnlyList<double>? Vec, double Error, double Adjustment, double Height)
{
    /// <summary>False when any number is infinite or not a number.</summary>
    public bool IsValid =>
        double.IsFinite(Error) && double.IsFinite(Adjustment) && double.IsFinite(Height) && (Vec is null || Vec.All(double.IsFinite));
}
