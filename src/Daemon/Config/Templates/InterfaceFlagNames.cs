using System.Net;
using System.Net.Sockets;

namespace Consul.Fast.Daemon.Config.Templates;

/// <summary>Selection by flags of the interface and properties of the address.</summary>
internal static class InterfaceFlagNames
{
    private static readonly (string Name, InterfaceFlags Flag)[] Known =
    [
        ("broadcast", InterfaceFlags.Broadcast), ("loopback", InterfaceFlags.Loopback), ("multicast", InterfaceFlags.Multicast),
        ("point-to-point", InterfaceFlags.PointToPoint), ("up", InterfaceFlags.Up),
    ];

    /// <summary>
    /// Accepts an address when all named flags of the interface are set, or when any named property of the address holds.
    /// </summary>
    public static Func<InterfaceAddress, bool> Selector(string value)
    {
        var wanted = InterfaceFlags.None;
        bool down = false;
        var properties = new List<Func<IPAddress, bool>>();
        foreach (string name in value.ToLowerInvariant().Split('|'))
        {
            InterfaceFlags flag = Array.Find(Known, known => known.Name == name).Flag;
            if (flag != InterfaceFlags.None) wanted |= flag;
            else if (name == "down") down = true;
            else properties.Add(Property(name));
        }

        return address => (wanted != InterfaceFlags.None && address.Flags.HasFlag(wanted))
            || (down && !address.Flags.HasFlag(InterfaceFlags.Up))
            || properties.Exists(holds => holds(address.Address));
    }

    /// <summary>The names of the set flags, joined as the <c>flags</c> attribute shows them.</summary>
    public static string Describe(InterfaceFlags flags) =>
        string.Join('|', Known.Where(known => flags.HasFlag(known.Flag)).OrderBy(static known => known.Flag)
            .Select(static known => known.Name));

    private static Func<IPAddress, bool> Property(string name) => name switch
    {
        "forwardable" => SpecialRanges.IsForwardable,
        "global unicast" => static address => !IsUnspecified(address) && !IPAddress.IsLoopback(address) && !IsMulticast(address)
            && !IsLinkLocal(address),
        "interface-local multicast" => static address => address.AddressFamily == AddressFamily.InterNetworkV6 && IsMulticast(address)
            && Second(address) == 1,
        "link-local multicast" => static address => address.AddressFamily == AddressFamily.InterNetworkV6
            ? IsMulticast(address) && Second(address) == 2
            : IPNetwork.Parse("224.0.0.0/24").Contains(address),
        "link-local unicast" => IsLinkLocal,
        "unspecified" => IsUnspecified,
        _ => throw new TemplateException($"unsupported flag \"{name}\""),
    };

    private static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool IsMulticast(IPAddress address) =>
        address.IsIPv6Multicast
            || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] is >= 224 and < 240);

    private static bool IsLinkLocal(IPAddress address) => address.IsIPv6LinkLocal || SpecialRanges.IsInRfc(3927, address, out _);

    /// <summary>The scope of a multicast address.</summary>
    private static int Second(IPAddress address) => address.GetAddressBytes()[1] & 0xf;
}
