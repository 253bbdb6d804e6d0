using System.Globalization;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Config.Definitions;

/// <summary>
/// What the mesh kinds of services demand beyond what every service must have. Agents and servers judge by the same rules,
/// so that what an agent accepts can be synced.
/// </summary>
internal static class ServiceKindRules
{
    private const string Wildcard = "*";

    /// <summary>All faults of a service as one text, or null.</summary>
    public static string? Check(NodeService service)
    {
        List<string> faults = Faults(service);
        return faults.Count == 0 ? null : ErrorList.Format(faults);
    }

    /// <summary>In the order in which they are reported.</summary>
    public static List<string> Faults(NodeService service)
    {
        var faults = new List<string>();
        if (service.Kind == ServiceKinds.ConnectProxy) AddProxyFaults(service, faults);
        else if (service.Kind is ServiceKinds.MeshGateway or ServiceKinds.TerminatingGateway or ServiceKinds.IngressGateway)
            AddGatewayFaults(service, faults);
        if (service.Connect.SidecarService is not { } sidecar) return faults;
        if (sidecar.Id.Length > 0) faults.Add("A SidecarService cannot specify an ID as this is managed by the agent");
        if (sidecar.Connect?.SidecarService is not null) faults.Add("A SidecarService cannot have a nested SidecarService");
        return faults;
    }

    private static void AddProxyFaults(NodeService service, List<string> faults)
    {
        string destination = service.Proxy.DestinationServiceName;
        if (string.IsNullOrWhiteSpace(destination))
            faults.Add("Proxy.DestinationServiceName must be non-empty for Connect proxy services");
        if (destination == Wildcard) faults.Add("Proxy.DestinationServiceName must not be a wildcard for Connect proxy services");
        if (service.Port == 0 && service.SocketPath.Length == 0) faults.Add("Port or SocketPath must be set for a Connect proxy");
        if (service.Connect.Native) faults.Add("A Proxy cannot also be Connect Native, only typical services");
        AddUpstreamFaults(service.Proxy.Upstreams ?? [], faults);
        AddExposeFaults(service.Proxy.ExposePaths ?? [], faults);
    }

    private static void AddUpstreamFaults(IReadOnlyList<ProxyUpstream> upstreams, List<string> faults)
    {
        var destinations = new HashSet<(string Type, string Name, string Namespace, string Datacenter)>();
        var addresses = new HashSet<string>(StringComparer.Ordinal);
        foreach (ProxyUpstream upstream in upstreams)
        {
            if (UpstreamFault(upstream) is { } fault)
            {
                faults.Add(fault);
                continue;
            }

            if (!destinations.Add(
                (upstream.DestinationType, upstream.DestinationName, upstream.DestinationNamespace, upstream.Datacenter)))
            {
                faults.Add(
                    $"upstreams cannot contain duplicates of [type={GoText.Quote(upstream.DestinationType)}, "
                    + $"name={GoText.Quote(upstream.DestinationName)}, namespace={GoText.Quote(upstream.DestinationNamespace)}, "
                    + $"datacenter={GoText.Quote(upstream.Datacenter)}]");
                continue;
            }

            string address = BindAddress(upstream);
            if (addresses.Add(address) || upstream.CentrallyConfigured) continue;
            faults.Add(
                "upstreams cannot contain duplicates by local bind address and port or unix path; "
                + $"{GoText.Quote(address)} is specified twice");
        }
    }

    private static string? UpstreamFault(ProxyUpstream upstream)
    {
        if (upstream.DestinationType is not ("" or "service" or "prepared_query"))
            return $"unknown upstream destination type: {GoText.Quote(upstream.DestinationType)}";
        if (upstream.DestinationName.Length == 0) return "upstream destination name cannot be empty";
        // What comes from central configuration stands for many destinations and has no listener of its own.
        if (upstream.CentrallyConfigured) return null;
        if (upstream.DestinationName == Wildcard) return "upstream destination name cannot be a wildcard";
        return (upstream.LocalBindPort != 0, upstream.LocalBindSocketPath.Length > 0) switch
        {
            (false, false) => "upstream local bind port or local socket path must be defined and nonzero",
            (true, true) => "only one of upstream local bind port or local socket path can be defined and nonzero",
            _ => null,
        };
    }

    private static string BindAddress(ProxyUpstream upstream)
    {
        string address = upstream.LocalBindAddress;
        if (upstream.LocalBindPort == 0 && address.Length == 0 && upstream.LocalBindSocketPath.Length > 0)
            return upstream.LocalBindSocketPath;
        if (address.Length == 0) address = "127.0.0.1";
        if (address.Contains(':', StringComparison.Ordinal)) address = $"[{address}]";
        return string.Create(CultureInfo.InvariantCulture, $"{address}:{upstream.LocalBindPort}");
    }

    private static void AddExposeFaults(IReadOnlyList<ExposePath> paths, List<string> faults)
    {
        var ports = new HashSet<long>();
        foreach (ExposePath path in paths)
        {
            if (path.Path.Length == 0) faults.Add("expose.paths: empty path exposed");
            if (!ports.Add(path.ListenerPort)) faults.Add("expose.paths: duplicate listener ports exposed");
            if (path.ListenerPort is <= 0 or > ushort.MaxValue)
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"expose.paths: invalid listener port: {path.ListenerPort}"));
            string protocol = path.Protocol.ToLowerInvariant();
            if (protocol is not ("" or "http" or "http2"))
                faults.Add($"protocol '{protocol}' not supported for path: {path.Path}, must be in: [http http2]");
        }
    }

    private static void AddGatewayFaults(NodeService service, List<string> faults)
    {
        if (service.Port == 0 && service.Kind != ServiceKinds.IngressGateway) faults.Add($"Port must be non-zero for a {service.Kind}");
        if (service.Connect.SidecarService is not null) faults.Add($"A {service.Kind} cannot have a sidecar service defined");
        ServiceProxy proxy = service.Proxy;
        Refuse(proxy.DestinationServiceName.Length > 0, nameof(proxy.DestinationServiceName));
        Refuse(proxy.DestinationServiceId.Length > 0, "DestinationServiceID");
        Refuse(proxy.LocalServiceAddress.Length > 0, nameof(proxy.LocalServiceAddress));
        Refuse(proxy.LocalServicePort != 0, nameof(proxy.LocalServicePort));
        Refuse(proxy.LocalServiceSocketPath.Length > 0, nameof(proxy.LocalServiceSocketPath));
        Refuse(proxy.Upstreams is { Count: > 0 }, nameof(proxy.Upstreams));

        void Refuse(bool given, string field)
        {
            if (given) faults.Add($"The Proxy.{field} configuration is invalid for a {service.Kind}");
        }
    }
}
