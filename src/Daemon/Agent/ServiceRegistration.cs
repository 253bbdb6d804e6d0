using System.Net;
using System.Net.Sockets;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Agent;

/// <summary>Turns a definition into the records that the agent and the catalog keep.</summary>
internal static class ServiceRegistration
{
    private const string Ipv4Suffix = "_ipv4";
    private const string Ipv6Suffix = "_ipv6";

    public static NodeService ToService(ServiceDefinition definition) => new()
    {
        Kind = definition.Kind,
        Id = definition.Id.Length > 0 ? definition.Id : definition.Name,
        Service = definition.Name,
        Tags = definition.Tags,
        Address = definition.Address,
        TaggedAddresses = WithAddressesOfFamily(definition),
        Meta = definition.Meta,
        Port = definition.Port,
        SocketPath = definition.SocketPath,
        Weights = definition.Weights ?? ServiceWeights.Default,
        EnableTagOverride = definition.EnableTagOverride,
        Proxy = definition.Proxy is { } proxy ? WithDestinationTypes(proxy) : ServiceProxy.None,
        Connect = definition.Connect is { Native: true } ? new ServiceConnect(true, null) : ServiceConnect.None,
    };

    /// <summary>The service with the sidecar that its definition asks for, for the rules that look at both.</summary>
    public static NodeService ToJudge(ServiceDefinition definition) =>
        ToService(definition) with { Connect = SidecarRegistration.ToConnect(definition.Connect) };

    /// <summary>The checks of a service with the ids and names they get when none are given.</summary>
    public static IReadOnlyList<CheckDefinition> ChecksOf(ServiceDefinition definition)
    {
        string serviceId = definition.Id.Length > 0 ? definition.Id : definition.Name;
        CheckDefinition[] given = [.. definition.AllChecks];
        for (int i = 0; i < given.Length; i++)
        {
            string id = given.Length == 1 ? $"service:{serviceId}" : $"service:{serviceId}:{i + 1}";
            given[i] = given[i] with
            {
                Id = given[i].Id.Length > 0 ? given[i].Id : id,
                Name = given[i].Name.Length > 0 ? given[i].Name : $"Service '{definition.Name}' check",
                ServiceId = serviceId,
            };
        }

        return given;
    }

    /// <summary>The fault of an address that does not fit the family its name promises, or null.</summary>
    public static string? TaggedAddressFault(NodeService service)
    {
        foreach ((string name, ServiceAddress address) in service.TaggedAddresses ?? SortedMap<ServiceAddress>.Empty)
        {
            (string version, AddressFamily family) = name switch
            {
                "lan_ipv4" or "wan_ipv4" => ("ipv4", AddressFamily.InterNetwork),
                "lan_ipv6" or "wan_ipv6" => ("ipv6", AddressFamily.InterNetworkV6),
                _ => ("", AddressFamily.Unspecified),
            };
            if (version.Length == 0) continue;
            if (!IPAddress.TryParse(address.Address, out IPAddress? parsed) || parsed.AddressFamily != family)
            {
                return $"Service tagged address \"{name}\" must be a valid {version} address";
            }
        }

        return null;
    }

    /// <summary>An upstream that names no type is a service.</summary>
    private static ServiceProxy WithDestinationTypes(ServiceProxy proxy) =>
        proxy.Upstreams is not { } upstreams || upstreams.All(static upstream => upstream.DestinationType.Length > 0)
            ? proxy
            : proxy with
            {
                Upstreams =
                [
                    .. upstreams.Select(static upstream =>
                        upstream.DestinationType.Length > 0 ? upstream : upstream with { DestinationType = "service" }),
                ],
            };

    /// <summary>A service that is reached by an IP address is reached there from everywhere, unless it says otherwise.</summary>
    private static SortedMap<ServiceAddress>? WithAddressesOfFamily(ServiceDefinition definition)
    {
        if (!IPAddress.TryParse(definition.Address, out IPAddress? address)) return definition.TaggedAddresses;
        string suffix = address.AddressFamily == AddressFamily.InterNetworkV6 ? Ipv6Suffix : Ipv4Suffix;
        var own = new ServiceAddress(definition.Address, definition.Port);
        KeyValuePair<string, ServiceAddress>[] defaults = [new("lan" + suffix, own), new("wan" + suffix, own)];
        return SortedMap<ServiceAddress>.Create(defaults.Concat(definition.TaggedAddresses ?? SortedMap<ServiceAddress>.Empty));
    }
}
