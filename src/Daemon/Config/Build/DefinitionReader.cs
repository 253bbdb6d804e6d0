using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Config.Sources;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>Turns decoded blocks into service and check definitions; faults of values go to the reader's errors.</summary>
internal sealed class DefinitionReader(ConfigReader reader)
{
    private const int MaxWeight = 65535;

    public ServiceDefinition Service(ConfigObject block)
    {
        var fields = new BlockReader(block);
        string name = fields.Text("name");
        string id = fields.Text("id");
        List<CheckDefinition> checks = [.. fields.Objects("checks").Select(Check)];
        if (fields.Object("check") is { } single) checks.Add(Check(single));
        var service = new ServiceDefinition
        {
            Kind = Kind(fields.Text("kind")),
            Id = id,
            Name = name,
            Tags = fields.Strings("tags"),
            Address = fields.Text("address"),
            TaggedAddresses = TaggedAddresses(fields.Object("tagged_addresses")),
            Meta = fields.StringMap("meta"),
            Port = fields.Int("port"),
            SocketPath = fields.Text("socket_path"),
            Weights = Weights(fields.Object("weights")),
            Checks = checks,
            Token = fields.Text("token"),
            EnableTagOverride = fields.Flag("enable_tag_override"),
            Proxy = fields.Object("proxy") is { } proxy ? ProxyReader.Read(new BlockReader(proxy)) : null,
            Connect = fields.Object("connect") is { } connect ? Connect(new BlockReader(connect)) : null,
        };
        CheckValues(service, id.Length > 0 ? id : name);
        return service;
    }

    public CheckDefinition Check(ConfigObject block)
    {
        var fields = new BlockReader(block);
        string id = fields.Text("id");
        return new CheckDefinition
        {
            Id = id,
            Name = fields.Text("name"),
            Notes = fields.Text("notes"),
            ServiceId = fields.Text("service_id"),
            Token = fields.Text("token"),
            Status = fields.Text("status"),
            ScriptArgs = fields.Strings("args"),
            Http = fields.Text("http"),
            Method = fields.Text("method"),
            Header = Header(fields.Object("header")),
            Body = fields.Text("body"),
            DisableRedirects = fields.Flag("disable_redirects"),
            Tcp = fields.Text("tcp"),
            H2Ping = fields.Text("h2ping"),
            Grpc = fields.Text("grpc"),
            GrpcUseTls = fields.Flag("grpc_use_tls"),
            TlsServerName = fields.Text("tls_server_name"),
            TlsSkipVerify = fields.Flag("tls_skip_verify"),
            DockerContainerId = fields.Text("docker_container_id"),
            Shell = fields.Text("shell"),
            AliasNode = fields.Text("alias_node"),
            AliasService = fields.Text("alias_service"),
            IntervalNs = Duration(fields, id, "interval"),
            TimeoutNs = Duration(fields, id, "timeout"),
            TtlNs = Duration(fields, id, "ttl"),
            DeregisterCriticalServiceAfterNs = Duration(fields, id, "deregister_critical_service_after"),
            SuccessBeforePassing = fields.Int("success_before_passing"),
            FailuresBeforeCritical = fields.Int("failures_before_critical"),
            OutputMaxSize = fields.Int("output_max_size"),
        };
    }

    private long Duration(BlockReader fields, string id, string key) =>
        fields.Has(key) ? reader.DurationNs($"check[{id}].{key}", fields.Text(key)) : 0;

    private ServiceConnectDefinition Connect(BlockReader fields) =>
        new(fields.Flag("native"), fields.Object("sidecar_service") is { } sidecar ? Service(sidecar) : null);

    private void CheckValues(ServiceDefinition service, string id)
    {
        if (Metadata.Fault(service.Meta) is { } meta) reader.Errors.Add($"invalid meta for service {id}: {meta}");
        if (service.Weights is { } weights && Fault(weights) is { } fault)
        {
            reader.Errors.Add($"Invalid weight definition for service {id}: {fault}");
        }

        if (service.SocketPath.Length > 0 && (service.Address.Length > 0 || service.Port != 0))
        {
            reader.Errors.Add($"service {id} cannot have both socket path {service.SocketPath} and address/port");
        }
    }

    private static string? Fault(ServiceWeights weights)
    {
        if (weights.Passing < 1) return "Passing must be greater than 0";
        if (weights.Warning < 0) return "Warning must be greater or equal than 0";
        return weights.Passing > MaxWeight || weights.Warning > MaxWeight ? "DNS Weight must be between 0 and 65535" : null;
    }

    private static ServiceWeights? Weights(ConfigObject? block)
    {
        if (block is null) return null;
        var fields = new BlockReader(block);
        return new ServiceWeights(fields.Int("passing", 1), fields.Int("warning", 1));
    }

    /// <summary>Unknown kinds mean an ordinary service.</summary>
    private static string Kind(string kind) =>
        kind is "connect-proxy" or "mesh-gateway" or "terminating-gateway" or "ingress-gateway" ? kind : "";

    private static SortedMap<ServiceAddress>? TaggedAddresses(ConfigObject? map) => map is null ? null : SortedMap<ServiceAddress>.Create(
        map.Pairs.Select(static pair => (pair.Key, Fields: new BlockReader((ConfigObject)pair.Value!)))
            .Select(static item =>
                KeyValuePair.Create(item.Key, new ServiceAddress(item.Fields.Text("address"), item.Fields.Int("port")))));

    private static SortedMap<IReadOnlyList<string>?>? Header(ConfigObject? map) => map is null ? null
        : SortedMap<IReadOnlyList<string>?>.Create(
            map.Pairs.Select(static pair => KeyValuePair.Create(pair.Key, Texts((List<object?>)pair.Value!))));

    private static IReadOnlyList<string>? Texts(List<object?> list) => [.. list.OfType<string>()];
}
