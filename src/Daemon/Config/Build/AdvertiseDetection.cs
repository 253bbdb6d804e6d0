using System.Net;
using System.Net.NetworkInformation;
using Consul.Fast.Daemon.Config.Templates;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>Finds the address to advertise when the agent binds to all of them: there must be exactly one candidate.</summary>
internal static class AdvertiseDetection
{
    private static readonly IPNetwork[] PrivateIPv4 = Parse(
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16");

    private static readonly IPNetwork[] NotPublicIPv6 = Parse("::1/128", "fe80::/10", "fc00::/7", "fec0::/10", "2001:db8::/32");

    /// <exception cref="ConfigException">There is no candidate, or more than one.</exception>
    public static IPAddress Detect(INetworkInterfaces interfaces, bool ipv4)
    {
        string kind = ipv4 ? "private IPv4" : "public IPv6";
        InterfaceAddress[] candidates;
        try
        {
            candidates = Candidates(interfaces.List(), ipv4);
        }
        catch (NetworkInformationException e)
        {
            throw new ConfigException($"Error detecting {kind} address: {e.Message}", e);
        }

        return candidates.Length switch
        {
            1 => candidates[0].Address,
            0 => throw new ConfigException($"No {kind} address found"),
            _ => throw new ConfigException($"Multiple {kind} addresses found. Please configure one with 'bind' and/or 'advertise'."),
        };
    }

    private static InterfaceAddress[] Candidates(IReadOnlyList<InterfaceAddress> all, bool ipv4)
    {
        if (!ipv4) return [.. all.Where(static address => !address.IsIPv4 && !IsIn(NotPublicIPv6, address))];
        InterfaceAddress[] found = [.. all
            .Where(static address => address.IsIPv4 && address.Flags.HasFlag(InterfaceFlags.Up) && IsIn(PrivateIPv4, address))];
        InterfaceAddress[] outside = [.. found.Where(static address => !address.Flags.HasFlag(InterfaceFlags.Loopback))];
        // Loopback counts only when nothing else has an address.
        return outside.Length > 0 ? outside : found;
    }

    private static bool IsIn(IPNetwork[] networks, InterfaceAddress address) =>
        Array.Exists(networks, network => network.Contains(address.Address));

    private static IPNetwork[] Parse(params string[] networks) => Array.ConvertAll(networks, static network => IPNetwork.Parse(network));
}
