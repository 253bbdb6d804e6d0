using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>Reads the mesh proxy settings of a service definition.</summary>
internal static class ProxyReader
{
    public static ServiceProxy Read(BlockReader fields)
    {
        BlockReader expose = Child(fields, "expose");
        BlockReader transparent = Child(fields, "transparent_proxy");
        return new ServiceProxy
        {
            DestinationServiceName = fields.Text("destination_service_name"),
            DestinationServiceId = fields.Text("destination_service_id"),
            LocalServiceAddress = fields.Text("local_service_address"),
            LocalServicePort = fields.Int("local_service_port"),
            LocalServiceSocketPath = fields.Text("local_service_socket_path"),
            Mode = fields.Text("mode"),
            Config = fields.FreeMap("config"),
            Upstreams = fields.Has("upstreams")
                ? [.. fields.Objects("upstreams").Select(static block => Upstream(new BlockReader(block)))] : null,
            MeshGatewayMode = Child(fields, "mesh_gateway").Text("mode"),
            ExposeChecks = expose.Flag("checks"),
            ExposePaths = expose.Has("paths") ? [.. expose.Objects("paths").Select(static block => ExposePath(new BlockReader(block)))]
                : null,
            TransparentOutboundListenerPort = transparent.Int("outbound_listener_port"),
            TransparentDialedDirectly = transparent.Flag("dialed_directly"),
        };
    }

    private static ProxyUpstream Upstream(BlockReader fields) => new()
    {
        DestinationType = fields.Text("destination_type"),
        DestinationNamespace = fields.Text("destination_namespace"),
        DestinationName = fields.Text("destination_name"),
        Datacenter = fields.Text("datacenter"),
        LocalBindAddress = fields.Text("local_bind_address"),
        LocalBindPort = fields.Int("local_bind_port"),
        LocalBindSocketPath = fields.Text("local_bind_socket_path"),
        LocalBindSocketMode = fields.Text("local_bind_socket_mode"),
        Config = fields.FreeMap("config"),
        MeshGatewayMode = Child(fields, "mesh_gateway").Text("mode"),
    };

    private static ExposePath ExposePath(BlockReader fields) =>
        new(fields.Int("listener_port"), fields.Text("path"), fields.Int("local_path_port"), fields.Text("protocol"),
            ParsedFromCheck: false);

    private static BlockReader Child(BlockReader fields, string key) => new(fields.Object(key) ?? new Sources.ConfigObject());
}
