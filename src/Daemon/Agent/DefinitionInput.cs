using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Http.Json;

namespace Consul.Fast.Daemon.Agent;

/// <summary>
/// Reads service and check definitions from JSON, as the HTTP API takes them and as they are kept in files. Used with
/// <see cref="JsonFields.Nested"/> or followed by <see cref="JsonFields.Finish"/>, which carries every fault.
/// </summary>
internal static class DefinitionInput
{
    /// <summary>A service; a <c>null</c> item among its checks is kept as null, for the caller to refuse.</summary>
    public static ServiceDefinition Service(JsonFields fields) => new()
    {
        Kind = fields.String("Kind"),
        Id = fields.String("ID"),
        Name = fields.String("Name"),
        Tags = fields.Strings("Tags"),
        Address = fields.String("Address"),
        TaggedAddresses = RecordInput.TaggedAddresses(fields, "TaggedAddresses", "tagged_addresses"),
        Meta = fields.StringMap("Meta"),
        Port = fields.Int("Port"),
        SocketPath = fields.String("SocketPath"),
        Weights = fields.Nested("Weights", RecordInput.Weights, "Weights"),
        Check = fields.Nested("CheckType", Check, "Check"),
        Checks = (IReadOnlyList<CheckDefinition>?)fields.List("CheckType", Check, "Checks")! ?? [],
        Token = fields.String("Token"),
        EnableTagOverride = fields.Bool("EnableTagOverride", "enable_tag_override"),
        Proxy = fields.Nested("ConnectProxyConfig", RecordInput.Proxy, "Proxy"),
        Connect = fields.Nested("ServiceConnect", Connect, "Connect"),
    };

    /// <summary>
    /// A check. The shell text <c>Script</c> of old clients is taken as a script run by the shell, which the rules for script
    /// checks then allow or refuse, instead of breaking the whole registration.
    /// </summary>
    public static CheckDefinition Check(JsonFields fields)
    {
        string script = fields.String("Script");
        return new CheckDefinition
        {
            Id = fields.String("ID", "CheckID"),
            Name = fields.String("Name"),
            Notes = fields.String("Notes"),
            ServiceId = fields.String("ServiceID", "service_id"),
            Token = fields.String("Token"),
            Status = fields.String("Status"),
            ScriptArgs = fields.Strings("ScriptArgs", "Args", "script_args") ?? (script.Length > 0 ? ["/bin/sh", "-c", script] : null),
            Http = fields.String("HTTP"),
            Method = fields.String("Method"),
            Header = fields.StringListMap("Header"),
            Body = fields.String("Body"),
            DisableRedirects = fields.Bool("DisableRedirects"),
            Tcp = fields.String("TCP"),
            H2Ping = fields.String("H2PING"),
            Grpc = fields.String("GRPC"),
            GrpcUseTls = fields.Bool("GRPCUseTLS", "grpc_use_tls"),
            TlsServerName = fields.String("TLSServerName", "tls_server_name"),
            TlsSkipVerify = fields.Bool("TLSSkipVerify", "tls_skip_verify"),
            DockerContainerId = fields.String("DockerContainerID", "docker_container_id"),
            Shell = fields.String("Shell"),
            AliasNode = fields.String("AliasNode"),
            AliasService = fields.String("AliasService"),
            IntervalNs = fields.DurationNs("Interval"),
            TimeoutNs = fields.DurationNs("Timeout"),
            TtlNs = fields.DurationNs("TTL"),
            DeregisterCriticalServiceAfterNs = fields.DurationNs("DeregisterCriticalServiceAfter", "deregister_critical_service_after"),
            SuccessBeforePassing = fields.Int32("SuccessBeforePassing"),
            FailuresBeforeCritical = fields.Int32("FailuresBeforeCritical"),
            OutputMaxSize = fields.Int32("OutputMaxSize"),
            ProxyHttp = fields.String("ProxyHTTP"),
            ProxyGrpc = fields.String("ProxyGRPC"),
        };
    }

    /// <summary>Mesh settings of a service; unknown keys are dropped.</summary>
    public static ServiceConnectDefinition Connect(JsonFields fields) => new(
        fields.Lenient().Bool("Native"),
        fields.Nested("ServiceDefinition", Service, "SidecarService", "sidecar_service"));
}
