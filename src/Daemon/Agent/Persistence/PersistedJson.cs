using System.Buffers;
using System.Text.Json;
using Consul.Fast.Daemon.Http;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Agent.Persistence;

/// <summary>The content of the agent's state files.</summary>
internal static class PersistedJson
{
    /// <summary>The fault of a file that names neither of the known sources.</summary>
    public const string InvalidSource = "invalid source";

    public static byte[] Write(PersistedService service) => Write(service, static (writer, value) =>
    {
        writer.WriteStartObject();
        writer.WriteString("Token", value.Token);
        writer.WritePropertyName("Service");
        RecordJson.Write(writer, value.Service, nullLists: true);
        writer.WriteString("Source", SourceName(value.Source));
        if (value.Service.LocallyRegisteredAsSidecar) writer.WriteBoolean("LocallyRegisteredAsSidecar", true);
        writer.WriteEndObject();
    });

    public static byte[] Write(PersistedCheck check) => Write(check, static (writer, value) =>
    {
        writer.WriteStartObject();
        writer.WritePropertyName("Check");
        RecordJson.Write(writer, value.Check, nullLists: true);
        writer.WritePropertyName("ChkType");
        if (value.Type is null) writer.WriteNullValue();
        else Write(writer, value.Type);
        writer.WriteString("Token", value.Token);
        writer.WriteString("Source", SourceName(value.Source));
        writer.WriteEndObject();
    });

    public static byte[] Write(PersistedTtl state) => Write(state, static (writer, value) =>
    {
        writer.WriteStartObject();
        writer.WriteString("CheckID", value.CheckId);
        writer.WriteString("Output", value.Output);
        writer.WriteString("Status", value.Status);
        writer.WriteNumber("Expires", value.Expires);
        writer.WriteEndObject();
    });

    /// <summary>Reads a service file; null with the text of the fault. The very oldest files hold the bare service.</summary>
    public static PersistedService? ReadService(ReadOnlyMemory<byte> content, out string error)
    {
        if (!JsonInput.TryParse(content, out JsonElement root, out error)) return null;
        var fields = new JsonFields(root, "persistedService").Lenient();
        NodeService? service = fields.Any("Service") is { ValueKind: JsonValueKind.String }
            ? RecordInput.NodeService(fields)
            : fields.Nested("NodeService", static f => RecordInput.NodeService(f.Lenient()), "Service");
        bool sidecar = fields.Bool("LocallyRegisteredAsSidecar");
        string token = fields.String("Token");
        DefinitionSource? source = ReadSource(fields);
        error = fields.Finish() ?? (source is null ? InvalidSource : "");
        if (error.Length == 0 && (service is null || service.Id.Length == 0)) error = "no service in it";
        return error.Length > 0 ? null : new PersistedService(service! with { LocallyRegisteredAsSidecar = sidecar }, token, source!.Value);
    }

    /// <summary>Reads a check file; null with the text of the fault.</summary>
    public static PersistedCheck? ReadCheck(ReadOnlyMemory<byte> content, out string error)
    {
        if (!JsonInput.TryParse(content, out JsonElement root, out error)) return null;
        var fields = new JsonFields(root, "persistedCheck").Lenient();
        HealthCheck? check = fields.Nested("HealthCheck", static f => RecordInput.HealthCheck(f.Lenient()), "Check");
        CheckDefinition? type = fields.Nested("CheckType", static f => DefinitionInput.Check(f.Lenient()), "ChkType");
        string token = fields.String("Token");
        DefinitionSource? source = ReadSource(fields);
        error = fields.Finish() ?? (source is null ? InvalidSource : "");
        if (error.Length == 0 && (check is null || check.CheckId.Length == 0)) error = "no check in it";
        return error.Length > 0 ? null : new PersistedCheck(check!, type, token, source!.Value);
    }

    /// <summary>Reads a TTL state file; null when it cannot be read.</summary>
    public static PersistedTtl? ReadTtl(ReadOnlyMemory<byte> content)
    {
        if (!JsonInput.TryParse(content, out JsonElement root, out _)) return null;
        var fields = new JsonFields(root, "persistedCheckState").Lenient();
        var state = new PersistedTtl(
            fields.String("CheckID"), fields.String("Output"), fields.String("Status"), (long)fields.UInt64("Expires"));
        return fields.Finish() is null ? state : null;
    }

    private static void Write(Utf8JsonWriter writer, CheckDefinition type)
    {
        writer.WriteStartObject();
        writer.WriteString("CheckID", type.Id);
        writer.WriteString("Name", type.Name);
        writer.WriteString("Status", type.Status);
        writer.WriteString("Notes", type.Notes);
        Write(writer, "ScriptArgs", type.ScriptArgs);
        writer.WriteString("HTTP", type.Http);
        writer.WriteString("H2PING", type.H2Ping);
        Write(writer, "Header", type.Header);
        writer.WriteString("Method", type.Method);
        writer.WriteString("Body", type.Body);
        writer.WriteBoolean("DisableRedirects", type.DisableRedirects);
        writer.WriteString("TCP", type.Tcp);
        writer.WriteNumber("Interval", type.IntervalNs);
        writer.WriteString("AliasNode", type.AliasNode);
        writer.WriteString("AliasService", type.AliasService);
        writer.WriteString("DockerContainerID", type.DockerContainerId);
        writer.WriteString("Shell", type.Shell);
        writer.WriteString("GRPC", type.Grpc);
        writer.WriteBoolean("GRPCUseTLS", type.GrpcUseTls);
        writer.WriteString("TLSServerName", type.TlsServerName);
        writer.WriteBoolean("TLSSkipVerify", type.TlsSkipVerify);
        writer.WriteNumber("Timeout", type.TimeoutNs);
        writer.WriteNumber("TTL", type.TtlNs);
        writer.WriteNumber("SuccessBeforePassing", type.SuccessBeforePassing);
        writer.WriteNumber("FailuresBeforeCritical", type.FailuresBeforeCritical);
        writer.WriteString("ProxyHTTP", type.ProxyHttp);
        writer.WriteString("ProxyGRPC", type.ProxyGrpc);
        writer.WriteNumber("DeregisterCriticalServiceAfter", type.DeregisterCriticalServiceAfterNs);
        writer.WriteNumber("OutputMaxSize", type.OutputMaxSize);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<string>? list)
    {
        if (list is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartArray(name);
        foreach (string item in list) writer.WriteStringValue(item);
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, SortedMap<IReadOnlyList<string>?>? map)
    {
        if (map is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        foreach ((string key, IReadOnlyList<string>? values) in map) Write(writer, key, values);
        writer.WriteEndObject();
    }

    private static byte[] Write<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, JsonLayout.Compact)) write(writer, value);
        return buffer.WrittenSpan.ToArray();
    }

    private static string SourceName(DefinitionSource source) => source == DefinitionSource.Remote ? "remote" : "local";

    private static DefinitionSource? ReadSource(JsonFields fields) => fields.String("Source") switch
    {
        "remote" => DefinitionSource.Remote,
        "local" or "" => DefinitionSource.Local,
        _ => null,
    };
}
