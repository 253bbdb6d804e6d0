namespace Consul.Fast.Gossip.Core.Messages;

/// <summary>
/// The six version bytes of a node: what it understands and speaks of the membership protocol (P) and of the layer above (D).
/// </summary>
/// <param name="IsPresent">False when the message held no vector; an old peer's, which no check accepts.</param>
internal readonly record struct VersionVector(byte PMin, byte PMax, byte PCur, byte DMin, byte DMax, byte DCur, bool IsPresent = true)
{
    public const int Length = 6;

    /// <summary>What a Consul agent announces.</summary>
    public static readonly VersionVector Consul = new(1, 5, 2, 2, 5, 4);

    /// <summary>False unless <paramref name="bytes"/> has six bytes, or none, which gives an absent vector.</summary>
    public static bool TryFrom(ReadOnlySpan<byte> bytes, out VersionVector vector)
    {
        vector = bytes.Length == Length ? new VersionVector(bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]) : default;
        return bytes.Length is 0 or Length;
    }

    /// <summary>Writes the six bytes in wire order.</summary>
    public void CopyTo(Span<byte> destination)
    {
        destination[0] = PMin;
        destination[1] = PMax;
        destination[2] = PCur;
        destination[3] = DMin;
        destination[4] = DMax;
        destination[5] = DCur;
    }
}
