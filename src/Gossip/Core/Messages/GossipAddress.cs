using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Consul.Fast.Gossip.Core.Messages;

/// <summary>
/// Address and port of a node exactly as it stood in a message. Peers compare the bytes, so <c>10.0.0.1</c> in four bytes
/// and <c>::ffff:10.0.0.1</c> in sixteen are different addresses here as well.
/// </summary>
public readonly record struct GossipAddress
{
    private readonly ulong _high;
    private readonly ulong _low;

    private GossipAddress(ulong high, ulong low, byte length, ushort port)
    {
        _high = high;
        _low = low;
        Length = length;
        Port = port;
    }

    /// <summary>Bytes of the address: 4 or 16; 0 when there is none.</summary>
    public byte Length { get; }

    public ushort Port { get; }

    /// <summary>True when there are no address bytes, whatever the port.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>False unless <paramref name="bytes"/> has 0, 4 or 16 bytes.</summary>
    public static bool TryFrom(ReadOnlySpan<byte> bytes, ushort port, out GossipAddress address)
    {
        switch (bytes.Length)
        {
            case 0:
                address = new GossipAddress(0, 0, 0, port);
                return true;
            case 4:
                address = new GossipAddress(0, BinaryPrimitives.ReadUInt32BigEndian(bytes), 4, port);
                return true;
            case 16:
                address = new GossipAddress(
                    BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), 16, port);
                return true;
            default:
                address = default;
                return false;
        }
    }

    public static GossipAddress IPv4(byte a, byte b, byte c, byte d, ushort port) =>
        new(0, ((uint)a << 24) | ((uint)b << 16) | ((uint)c << 8) | d, 4, port);

    /// <summary>Writes the address bytes and returns their number; <paramref name="destination"/> has room for 16.</summary>
    public int CopyTo(Span<byte> destination)
    {
        switch (Length)
        {
            case 4:
                BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
                return 4;
            case 16:
                BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
                BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
                return 16;
            default:
                return 0;
        }
    }

    /// <summary>True when both name the same place, in whatever form the address is written.</summary>
    public bool IsSamePlace(GossipAddress other) => Unmapped == other.Unmapped;

    public GossipAddress WithPort(ushort port) => new(_high, _low, Length, port);

    /// <summary>
    /// True when the first <paramref name="bits"/> bits are those of <paramref name="network"/>, seen as IPv4 where both can be.
    /// </summary>
    public bool IsWithin(GossipAddress network, int bits)
    {
        (GossipAddress mine, GossipAddress other) = (Unmapped, network.Unmapped);
        if (mine.Length != other.Length || mine.IsEmpty) return false;
        if (network.Length == 16 && other.Length == 4) bits -= 96;
        UInt128 difference = new UInt128(mine._high ^ other._high, mine._low ^ other._low);
        int unused = (mine.Length * 8) - Math.Clamp(bits, 0, mine.Length * 8);
        return unused >= 128 || difference >> unused == UInt128.Zero;
    }

    public override string ToString()
    {
        if (IsEmpty) return string.Create(CultureInfo.InvariantCulture, $"-:{Port}");
        if (Unmapped is { Length: 4 } v4)
        {
            uint bits = (uint)v4._low;
            (uint a, uint b, uint c, uint d) = (bits >> 24, (bits >> 16) & 255, (bits >> 8) & 255, bits & 255);
            return string.Create(CultureInfo.InvariantCulture, $"{a}.{b}.{c}.{d}:{Port}");
        }

        StringBuilder text = new("[");
        for (int shift = 112; shift >= 0; shift -= 16)
        {
            text.Append(((ushort)(new UInt128(_high, _low) >> shift)).ToString("x", CultureInfo.InvariantCulture));
            if (shift > 0) text.Append(':');
        }

        return text.Append(CultureInfo.InvariantCulture, $"]:{Port}").ToString();
    }

    private GossipAddress Unmapped =>
        Length == 16 && _high == 0 && _low >> 32 == 0xffff ? new GossipAddress(0, (uint)_low, 4, Port) : this;
}
