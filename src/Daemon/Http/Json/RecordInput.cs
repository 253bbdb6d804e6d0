using Consul.Fast.Daemon.Agent;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Json;

/// <summary>
/// Reads the records that the catalog and transactions take in JSON. Decoders are used with <see cref="JsonFields.Nested"/>
/// or followed by <see cref="JsonFields.Finish"/>, which carries every fault.
/// </summary>
internal static class RecordInput
{
    public static Node Node(JsonFields fields) => new()
    {
        Id = fields.String("ID"),
        Name = fields.String("Node"),
        Address = fields.String("Address"),
        Datacenter = fields.String("Datacenter"),
        TaggedAddresses = fields.StringMap("TaggedAddresses"),
        Meta = fields.StringMap("Meta"),
        CreateIndex = fields.UInt64("CreateIndex"),
        ModifyIndex = fields.UInt64("ModifyIndex"),
    };

    public static NodeService NodeService(JsonFields fields) => new()
    {
        Kind = fields.String("Kind"),
        Id = fields.String("ID"),
        Service = fields.String("Service"),
        Tags = fields.Strings("Tags"),
        Address = fields.String("Address"),
        TaggedAddresses = TaggedAddresses(fields, "TaggedAddresses"),
        Meta = fields.StringMap("Meta"),
        Port = fields.Int("Port"),
        SocketPath = fields.String("SocketPath"),
        Weights = fields.Nested("Weights", Weights, "Weights"),
        EnableTagOverride = fields.Bool("EnableTagOverride"),
        Proxy = fields.Nested("ConnectProxyConfig", Proxy, "Proxy") ?? ServiceProxy.None,
        Connect = fields.Nested("ServiceConnect", Connect, "Connect") ?? ServiceConnect.None,
        CreateIndex = fields.UInt64("CreateIndex"),
        ModifyIndex = fields.UInt64("ModifyIndex"),
    };

    public static HealthCheck HealthCheck(JsonFields fields)
    {
        CheckDefinition? definition = fields.Nested("HealthCheckDefinition", Definition, "Definition");
        return new HealthCheck
        {
            Node = fields.String("Node"),
            CheckId = fields.String("CheckID"),
            Name = fields.String("Name"),
            Status = fields.String("Status"),
            Notes = fields.String("Notes"),
            Output = fields.String("Output"),
            ServiceId = fields.String("ServiceID"),
            ServiceName = fields.String("ServiceName"),
            ServiceTags = fields.Strings("ServiceTags"),
            Type = fields.String("Type"),
            Interval = fields.String("Interval"),
            Timeout = fields.String("Timeout"),
            ExposedPort = fields.Int("ExposedPort"),
            Definition = definition ?? CheckDefinition.None,
            CreateIndex = fields.UInt64("CreateIndex"),
            ModifyIndex = fields.UInt64("ModifyIndex"),
        };
    }

    /// <summary>A check definition; unknown fields are dropped. The <c>…Duration</c> spellings win over the plain ones.</summary>
    public static CheckDefinition Definition(JsonFields fields) => new()
    {
        Http = fields.Lenient().String("HTTP"),
        TlsServerName = fields.String("TLSServerName"),
        TlsSkipVerify = fields.Bool("TLSSkipVerify"),
        Header = fields.StringListMap("Header"),
        Method = fields.String("Method"),
        Body = fields.String("Body"),
        DisableRedirects = fields.Bool("DisableRedirects"),
        Tcp = fields.String("TCP"),
        H2Ping = fields.String("H2PING"),
        IntervalNs = fields.DurationNs("IntervalDuration", "Interval"),
        OutputMaxSize = fields.UInt64("OutputMaxSize"),
        TimeoutNs = fields.DurationNs("TimeoutDuration", "Timeout"),
        DeregisterCriticalServiceAfterNs = fields.DurationNs("DeregisterCriticalServiceAfterDuration", "DeregisterCriticalServiceAfter"),
        ScriptArgs = fields.Strings("ScriptArgs"),
        DockerContainerId = fields.String("DockerContainerID"),
        Shell = fields.String("Shell"),
        Grpc = fields.String("GRPC"),
        GrpcUseTls = fields.Bool("GRPCUseTLS"),
        AliasNode = fields.String("AliasNode"),
        AliasService = fields.String("AliasService"),
        TtlNs = fields.DurationNs("TTL"),
    };

    public static SortedMap<ServiceAddress>? TaggedAddresses(JsonFields fields, params ReadOnlySpan<string> names) =>
        fields.Map("ServiceAddress", static f => new ServiceAddress(f.String("Address"), f.Int("Port")), names);

    public static ServiceWeights Weights(JsonFields fields) => new(fields.Int("Passing"), fields.Int("Warning"));

    /// <summary>Mesh settings of a service; unknown keys are dropped.</summary>
    public static ServiceConnect Connect(JsonFields fields) => SidecarRegistration.ToConnect(DefinitionInput.Connect(fields.Lenient()));

    public static ServiceProxy Proxy(JsonFields fields)
    {
        var transparent = fields.Nested(
            "TransparentProxyConfig",
            static f => new TransparentProxy(
                f.Int("OutboundListenerPort", "outbound_listener_port"), f.Bool("DialedDirectly", "dialed_directly")),
            "TransparentProxy", "transparent_proxy");
        var expose = fields.Nested(
            "ExposeConfig", static f => new Expose(f.Bool("Checks"), f.List("ExposePath", ExposePath, "Paths")), "Expose");
        return new ServiceProxy
        {
            DestinationServiceName = fields.String("DestinationServiceName", "destination_service_name"),
            DestinationServiceId = fields.String("DestinationServiceID", "destination_service_id"),
            LocalServiceAddress = fields.String("LocalServiceAddress", "local_service_address"),
            LocalServicePort = fields.Int("LocalServicePort", "local_service_port"),
            LocalServiceSocketPath = fields.String("LocalServiceSocketPath", "local_service_socket_path"),
            Mode = fields.String("Mode"),
            Config = fields.FreeMap("Config"),
            Upstreams = WithoutNulls(fields.List("Upstream", Upstream, "Upstreams")),
            MeshGatewayMode = MeshGatewayMode(fields),
            ExposeChecks = expose?.Checks ?? false,
            ExposePaths = WithoutNulls(expose?.Paths),
            TransparentOutboundListenerPort = transparent?.OutboundListenerPort ?? 0,
            TransparentDialedDirectly = transparent?.DialedDirectly ?? false,
        };
    }

    private static ProxyUpstream Upstream(JsonFields fields) => new()
    {
        DestinationType = fields.String("DestinationType", "destination_type"),
        DestinationNamespace = fields.String("DestinationNamespace", "destination_namespace"),
        DestinationName = fields.String("DestinationName", "destination_name"),
        Datacenter = fields.String("Datacenter"),
        LocalBindAddress = fields.String("LocalBindAddress", "local_bind_address"),
        LocalBindPort = fields.Int("LocalBindPort", "local_bind_port"),
        LocalBindSocketPath = fields.String("LocalBindSocketPath", "local_bind_socket_path"),
        LocalBindSocketMode = fields.String("LocalBindSocketMode", "local_bind_socket_mode"),
        Config = fields.FreeMap("Config"),
        MeshGatewayMode = MeshGatewayMode(fields),
        CentrallyConfigured = fields.Bool("CentrallyConfigured"),
    };

    private static ExposePath ExposePath(JsonFields fields) => new(
        fields.Int("ListenerPort", "listener_port"),
        fields.String("Path"),
        fields.Int("LocalPathPort", "local_path_port"),
        fields.String("Protocol"),
        fields.Bool("ParsedFromCheck", "parsed_from_check"));

    private static string MeshGatewayMode(JsonFields fields) =>
        fields.Nested("MeshGatewayConfig", static f => f.String("Mode"), "MeshGateway", "mesh_gateway") ?? "";

    /// <summary>A null item in a list of objects is an object without any field set, hence dropped only where it means nothing.</summary>
    private static IReadOnlyList<T>? WithoutNulls<T>(IReadOnlyList<T?>? list)
        where T : class => list is null ? null : [.. list.OfType<T>()];

    private sealed record TransparentProxy(long OutboundListenerPort, bool DialedDirectly);

    private sealed record Expose(bool Checks, IReadOnlyList<ExposePath?>? Paths);
}
