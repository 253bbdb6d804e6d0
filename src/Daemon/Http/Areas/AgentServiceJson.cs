using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>A service as the agent's own endpoints show it.</summary>
internal static class AgentServiceJson
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <param name="contentHash">Empty leaves it out.</param>
    public static void Write(Utf8JsonWriter writer, NodeService service, string datacenter, string contentHash = "")
    {
        writer.WriteStartObject();
        if (service.Kind.Length > 0) writer.WriteString("Kind", service.Kind);
        writer.WriteString("ID", service.Id);
        writer.WriteString("Service", service.Service);
        writer.WriteStartArray("Tags");
        foreach (string tag in service.Tags ?? []) writer.WriteStringValue(tag);
        writer.WriteEndArray();
        writer.WriteStartObject("Meta");
        foreach ((string key, string value) in service.Meta ?? SortedMap<string>.Empty) writer.WriteString(key, value);
        writer.WriteEndObject();
        writer.WriteNumber("Port", service.Port);
        writer.WriteString("Address", service.Address);
        if (service.SocketPath.Length > 0) writer.WriteString("SocketPath", service.SocketPath);
        WriteTaggedAddresses(writer, service.TaggedAddresses);
        writer.WritePropertyName("Weights");
        RecordJson.Write(writer, service.Weights ?? ServiceWeights.Default);
        writer.WriteBoolean("EnableTagOverride", service.EnableTagOverride);
        if (contentHash.Length > 0) writer.WriteString("ContentHash", contentHash);
        if (service.Kind.Length > 0)
        {
            writer.WritePropertyName("Proxy");
            RecordJson.Write(writer, service.Proxy);
        }

        if (service.Connect.Native)
        {
            writer.WritePropertyName("Connect");
            RecordJson.Write(writer, service.Connect);
        }

        writer.WriteString("Datacenter", datacenter);
        writer.WriteEndObject();
    }

    /// <summary>A short text that changes with the content of the service.</summary>
    public static string ContentHash(NodeService service, string datacenter)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, JsonLayout.Compact)) Write(writer, service, datacenter);
        ulong hash = FnvOffset;
        foreach (byte b in buffer.WrittenSpan) hash = (hash ^ b) * FnvPrime;
        return hash.ToString("x", CultureInfo.InvariantCulture);
    }

    private static void WriteTaggedAddresses(Utf8JsonWriter writer, SortedMap<ServiceAddress>? addresses)
    {
        if (addresses is not { Count: > 0 }) return;
        writer.WriteStartObject("TaggedAddresses");
        foreach ((string name, ServiceAddress address) in addresses)
        {
            writer.WriteStartObject(name);
            writer.WriteString("Address", address.Address);
            writer.WriteNumber("Port", address.Port);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
