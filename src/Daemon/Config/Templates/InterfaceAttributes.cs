using System.Globalization;

namespace Consul.Fast.Daemon.Config.Templates;

/// <summary>The attributes that <c>attr</c> and <c>join</c> print.</summary>
internal static class InterfaceAttributes
{
    public static string Read(InterfaceAddress address, string attribute)
    {
        switch (attribute.ToLowerInvariant())
        {
            case "address" or "host": return address.Address.ToString();
            case "binary": return address.Number.ToString("B", CultureInfo.InvariantCulture).PadLeft(address.Bits, '0');
            case "hex": return address.Number.ToString("x", CultureInfo.InvariantCulture).PadLeft(address.Bits / 4, '0');
            case "broadcast" when address.IsIPv4: return address.FromNumber(address.NetworkNumber | address.HostMask).ToString();
            case "first_usable": return address.FromNumber(address.NetworkNumber + (IsWide(address) ? 1u : 0u)).ToString();
            case "last_usable":
                return address.FromNumber(
                (address.NetworkNumber | address.HostMask) - (IsWide(address) && address.IsIPv4 ? 1u : 0u)).ToString();
            case "flags": return InterfaceFlagNames.Describe(address.Flags);
            case "mask_bits": return address.PrefixLength.ToString(CultureInfo.InvariantCulture);
            case "name": return address.Name;
            case "netmask": return address.FromNumber(~address.HostMask).ToString();
            case "network": return $"{address.FromNumber(address.NetworkNumber)}/{address.PrefixLength}";
            case "octets": return string.Join(' ', address.Address.GetAddressBytes());
            case "port": return "0";
            case "size": return (address.HostMask + 1).ToString(CultureInfo.InvariantCulture);
            case "string": return address.ToString();
            case "type": return address.IsIPv4 ? "IPv4" : "IPv6";
            case "uint32" when address.IsIPv4: return address.Number.ToString(CultureInfo.InvariantCulture);
            case "uint128" when !address.IsIPv4: return address.Number.ToString(CultureInfo.InvariantCulture);
            default:
                throw new TemplateException(
                $"unable to find attribute \"{attribute}\" on {(address.IsIPv4 ? "IPv4" : "IPv6")} address");
        }
    }

    /// <summary>More than two addresses, so that network and broadcast addresses are set apart.</summary>
    private static bool IsWide(InterfaceAddress address) => address.Bits - address.PrefixLength > 1;
}
