using System.Text.Json;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Cli.Services;

/// <summary>A definition as the body of a registration by the HTTP API. What is not set is left out.</summary>
internal static class RegistrationJson
{
    public static byte[] Encode(ServiceDefinition service)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output)) Write(json, service);
        return output.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ServiceDefinition service)
    {
        json.WriteStartObject();
        Text(json, "Kind", service.Kind);
        Text(json, "ID", service.Id);
        Text(json, "Name", service.Name);
        Texts(json, "Tags", service.Tags);
        Text(json, "Address", service.Address);
        Number(json, "Port", service.Port);
        Text(json, "SocketPath", service.SocketPath);
        if (service.TaggedAddresses is { Count: > 0 } addresses) WriteAddresses(json, addresses);
        if (service.Meta is { Count: > 0 } meta)
        {
            json.WriteStartObject("Meta");
            foreach ((string key, string value) in meta) json.WriteString(key, value);
            json.WriteEndObject();
        }

        if (service.Weights is { } weights)
        {
            json.WritePropertyName("Weights");
            RecordJson.Write(json, weights);
        }

        Switch(json, "EnableTagOverride", service.EnableTagOverride);
        if (service.AllChecks.Any())
        {
            json.WriteStartArray("Checks");
            foreach (CheckDefinition check in service.AllChecks) Write(json, check);
            json.WriteEndArray();
        }

        WriteMesh(json, service);
        json.WriteEndObject();
    }

    private static void WriteAddresses(Utf8JsonWriter json, SortedMap<ServiceAddress> addresses)
    {
        json.WriteStartObject("TaggedAddresses");
        foreach ((string tag, ServiceAddress address) in addresses)
        {
            json.WriteStartObject(tag);
            json.WriteString("Address", address.Address);
            json.WriteNumber("Port", address.Port);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteMesh(Utf8JsonWriter json, ServiceDefinition service)
    {
        if (service.Proxy is { } proxy)
        {
            json.WritePropertyName("Proxy");
            RecordJson.Write(json, proxy);
        }

        if (service.Connect is not { } connect) return;
        json.WriteStartObject("Connect");
        Switch(json, "Native", connect.Native);
        if (connect.SidecarService is { } sidecar)
        {
            json.WritePropertyName("SidecarService");
            Write(json, sidecar);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CheckDefinition check)
    {
        json.WriteStartObject();
        Text(json, "CheckID", check.Id);
        Text(json, "Name", check.Name);
        Text(json, "Notes", check.Notes);
        Text(json, "Status", check.Status);
        Texts(json, "ScriptArgs", check.ScriptArgs);
        WriteHttp(json, check);
        Text(json, "TCP", check.Tcp);
        Text(json, "H2PING", check.H2Ping);
        Text(json, "GRPC", check.Grpc);
        Switch(json, "GRPCUseTLS", check.GrpcUseTls);
        Text(json, "TLSServerName", check.TlsServerName);
        Switch(json, "TLSSkipVerify", check.TlsSkipVerify);
        Text(json, "DockerContainerID", check.DockerContainerId);
        Text(json, "Shell", check.Shell);
        Text(json, "AliasNode", check.AliasNode);
        Text(json, "AliasService", check.AliasService);
        Duration(json, "Interval", check.IntervalNs);
        Duration(json, "Timeout", check.TimeoutNs);
        Duration(json, "TTL", check.TtlNs);
        Duration(json, "DeregisterCriticalServiceAfter", check.DeregisterCriticalServiceAfterNs);
        Number(json, "SuccessBeforePassing", check.SuccessBeforePassing);
        Number(json, "FailuresBeforeCritical", check.FailuresBeforeCritical);
        Number(json, "OutputMaxSize", check.OutputMaxSize);
        json.WriteEndObject();
    }

    private static void WriteHttp(Utf8JsonWriter json, CheckDefinition check)
    {
        Text(json, "HTTP", check.Http);
        Text(json, "Method", check.Method);
        Text(json, "Body", check.Body);
        Switch(json, "DisableRedirects", check.DisableRedirects);
        if (check.Header is not { Count: > 0 } headers) return;
        json.WriteStartObject("Header");
        foreach ((string name, IReadOnlyList<string>? values) in headers)
        {
            json.WriteStartArray(name);
            foreach (string value in values ?? []) json.WriteStringValue(value);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string name, string value)
    {
        if (value.Length > 0) json.WriteString(name, value);
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string>? values)
    {
        if (values is null) return;
        json.WriteStartArray(name);
        foreach (string value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, long value)
    {
        if (value != 0) json.WriteNumber(name, value);
    }

    private static void Switch(Utf8JsonWriter json, string name, bool value)
    {
        if (value) json.WriteBoolean(name, value);
    }

    private static void Duration(Utf8JsonWriter json, string name, long nanoseconds)
    {
        if (nanoseconds != 0) json.WriteString(name, GoDuration.Format(nanoseconds));
    }
}
