using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Consul.Fast.Daemon.Config.Templates;

/// <summary>The network interfaces of the host; tests give their own.</summary>
internal interface INetworkInterfaces
{
    /// <exception cref="NetworkInformationException">The system does not tell.</exception>
    IReadOnlyList<InterfaceAddress> List();
}

/// <summary>The interfaces of this host, as they are at each call.</summary>
internal sealed class HostNetworkInterfaces : INetworkInterfaces
{
    private const string RouteTable = "/proc/net/route";

    public IReadOnlyList<InterfaceAddress> List()
    {
        string? defaultRoute = DefaultRouteInterface();
        var result = new List<InterfaceAddress>();
        foreach (NetworkInterface network in NetworkInterface.GetAllNetworkInterfaces())
        {
            InterfaceFlags flags = FlagsOf(network);
            foreach (UnicastIPAddressInformation address in network.GetIPProperties().UnicastAddresses)
            {
                // The scope of link-local addresses is no part of the address here.
                IPAddress plain = address.Address.AddressFamily == AddressFamily.InterNetworkV6
                    ? new IPAddress(address.Address.GetAddressBytes()) : address.Address;
                result.Add(new InterfaceAddress(network.Name, plain, address.PrefixLength, flags, network.Name == defaultRoute));
            }
        }

        return result;
    }

    private static InterfaceFlags FlagsOf(NetworkInterface network)
    {
        var flags = InterfaceFlags.None;
        if (network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown) flags |= InterfaceFlags.Up;
        if (network.SupportsMulticast) flags |= InterfaceFlags.Multicast;
        flags |= network.NetworkInterfaceType switch
        {
            NetworkInterfaceType.Loopback => InterfaceFlags.Loopback,
            NetworkInterfaceType.Tunnel or NetworkInterfaceType.Ppp => InterfaceFlags.PointToPoint,
            _ => InterfaceFlags.Broadcast,
        };
        return flags;
    }

    /// <summary>The interface of the route to everywhere with the smallest metric; null when there is none.</summary>
    private static string? DefaultRouteInterface()
    {
        if (!File.Exists(RouteTable)) return null;
        return File.ReadLines(RouteTable).Skip(1)
            .Select(static line => line.Split('\t', StringSplitOptions.TrimEntries))
            .Where(static fields => fields.Length > 7 && fields[1] == "00000000" && fields[7] == "00000000")
            .OrderBy(static fields => int.Parse(fields[6], CultureInfo.InvariantCulture))
            .Select(static fields => fields[0])
            .FirstOrDefault();
    }
}
