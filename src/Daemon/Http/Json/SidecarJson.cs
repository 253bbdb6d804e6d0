using System.Text.Json;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Json;

/// <summary>
/// Sidecar registrations that the catalog keeps. They show nearly all of their fields, set or not, and durations as
/// nanoseconds: nothing of them is meant for readers.
/// </summary>
internal static class SidecarJson
{
    public static void Write(Utf8JsonWriter writer, SidecarService sidecar)
    {
        writer.WriteStartObject();
        if (sidecar.Kind.Length > 0) writer.WriteString("Kind"u8, sidecar.Kind);
        writer.WriteString("ID"u8, sidecar.Id);
        writer.WriteString("Name"u8, sidecar.Name);
        WriteStrings(writer, "Tags"u8, sidecar.Tags);
        writer.WriteString("Address"u8, sidecar.Address);
        WriteAddresses(writer, sidecar.TaggedAddresses);
        WriteMeta(writer, sidecar.Meta);
        writer.WriteNumber("Port"u8, sidecar.Port);
        writer.WriteString("SocketPath"u8, sidecar.SocketPath);
        writer.WritePropertyName("Check"u8);
        Write(writer, sidecar.Check);
        WriteChecks(writer, sidecar.Checks);
        writer.WritePropertyName("Weights"u8);
        if (sidecar.Weights is null) writer.WriteNullValue();
        else RecordJson.Write(writer, sidecar.Weights);
        writer.WriteString("Token"u8, sidecar.Token);
        writer.WriteBoolean("EnableTagOverride"u8, sidecar.EnableTagOverride);
        writer.WritePropertyName("Proxy"u8);
        if (sidecar.Proxy is null) writer.WriteNullValue();
        else RecordJson.Write(writer, sidecar.Proxy);
        writer.WritePropertyName("Connect"u8);
        if (sidecar.Connect is null) writer.WriteNullValue();
        else RecordJson.Write(writer, sidecar.Connect);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, SidecarCheck? check)
    {
        if (check is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("CheckID"u8, check.CheckId);
        writer.WriteString("Name"u8, check.Name);
        writer.WriteString("Status"u8, check.Status);
        writer.WriteString("Notes"u8, check.Notes);
        WriteStrings(writer, "ScriptArgs"u8, check.ScriptArgs);
        writer.WriteString("HTTP"u8, check.Http);
        writer.WriteString("H2PING"u8, check.H2Ping);
        WriteHeader(writer, check.Header);
        writer.WriteString("Method"u8, check.Method);
        writer.WriteString("Body"u8, check.Body);
        writer.WriteBoolean("DisableRedirects"u8, check.DisableRedirects);
        writer.WriteString("TCP"u8, check.Tcp);
        writer.WriteNumber("Interval"u8, check.IntervalNs);
        writer.WriteString("AliasNode"u8, check.AliasNode);
        writer.WriteString("AliasService"u8, check.AliasService);
        writer.WriteString("DockerContainerID"u8, check.DockerContainerId);
        writer.WriteString("Shell"u8, check.Shell);
        writer.WriteString("GRPC"u8, check.Grpc);
        writer.WriteBoolean("GRPCUseTLS"u8, check.GrpcUseTls);
        writer.WriteString("TLSServerName"u8, check.TlsServerName);
        writer.WriteBoolean("TLSSkipVerify"u8, check.TlsSkipVerify);
        writer.WriteNumber("Timeout"u8, check.TimeoutNs);
        writer.WriteNumber("TTL"u8, check.TtlNs);
        writer.WriteNumber("SuccessBeforePassing"u8, check.SuccessBeforePassing);
        writer.WriteNumber("FailuresBeforeCritical"u8, check.FailuresBeforeCritical);
        writer.WriteString("ProxyHTTP"u8, check.ProxyHttp);
        writer.WriteString("ProxyGRPC"u8, check.ProxyGrpc);
        writer.WriteNumber("DeregisterCriticalServiceAfter"u8, check.DeregisterCriticalServiceAfterNs);
        writer.WriteNumber("OutputMaxSize"u8, check.OutputMaxSize);
        writer.WriteEndObject();
    }

    private static void WriteChecks(Utf8JsonWriter writer, IReadOnlyList<SidecarCheck?>? checks)
    {
        writer.WritePropertyName("Checks"u8);
        if (checks is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartArray();
        foreach (SidecarCheck? check in checks) Write(writer, check);
        writer.WriteEndArray();
    }

    private static void WriteStrings(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<string>? texts)
    {
        writer.WritePropertyName(name);
        WriteStrings(writer, texts);
    }

    private static void WriteStrings(Utf8JsonWriter writer, IReadOnlyList<string>? texts)
    {
        if (texts is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartArray();
        foreach (string text in texts) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private static void WriteAddresses(Utf8JsonWriter writer, SortedMap<ServiceAddress>? addresses) =>
        WriteMap(writer, "TaggedAddresses"u8, addresses, static (w, address) =>
        {
            w.WriteStartObject();
            w.WriteString("Address"u8, address.Address);
            w.WriteNumber("Port"u8, address.Port);
            w.WriteEndObject();
        });

    private static void WriteMeta(Utf8JsonWriter writer, SortedMap<string>? meta) =>
        WriteMap(writer, "Meta"u8, meta, static (w, text) => w.WriteStringValue(text));

    private static void WriteHeader(Utf8JsonWriter writer, SortedMap<IReadOnlyList<string>?>? header) =>
        WriteMap(writer, "Header"u8, header, WriteStrings);

    private static void WriteMap<T>(Utf8JsonWriter writer, ReadOnlySpan<byte> name, SortedMap<T>? map, Action<Utf8JsonWriter, T> write)
    {
        writer.WritePropertyName(name);
        if (map is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        foreach ((string key, T value) in map)
        {
            writer.WritePropertyName(key);
            write(writer, value);
        }

        writer.WriteEndObject();
    }
}
