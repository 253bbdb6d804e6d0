using System.Net;
using System.Net.Sockets;

namespace Consul.Fast.Daemon.Config.Templates;

[Flags]
internal enum InterfaceFlags
{
    None = 0,
    Up = 1,
    Broadcast = 2,
    Loopback = 4,
    PointToPoint = 8,
    Multicast = 16,
}

/// <summary>One address of one network interface.</summary>
/// <param name="IsDefault">The interface carries the default route.</param>
internal sealed record InterfaceAddress(string Name, IPAddress Address, int PrefixLength, InterfaceFlags Flags, bool IsDefault)
{
    public bool IsIPv4 => Address.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>The address as a number of 32 or 128 bits.</summary>
    public UInt128 Number => ToNumber(Address);

    public int Bits => IsIPv4 ? 32 : 128;

    /// <summary>The bits of the host part, all set.</summary>
    public UInt128 HostMask => PrefixLength >= Bits ? 0 : (UInt128.One << (Bits - PrefixLength)) - 1;

    public UInt128 NetworkNumber => Number & ~HostMask;

    /// <summary><c>10.0.0.5/24</c>; without the length for a single host.</summary>
    public override string ToString() => PrefixLength == Bits ? Address.ToString() : $"{Address}/{PrefixLength}";

    public IPAddress FromNumber(UInt128 number) => FromNumber(number, IsIPv4);

    public static UInt128 ToNumber(IPAddress address)
    {
        UInt128 number = 0;
        foreach (byte part in address.GetAddressBytes()) number = (number << 8) | part;
        return number;
    }

    private static IPAddress FromNumber(UInt128 number, bool isIPv4)
    {
        byte[] bytes = new byte[isIPv4 ? 4 : 16];
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            bytes[i] = (byte)number;
            number >>= 8;
        }

        return new IPAddress(bytes);
    }
}
