using System.Text.Json;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Json;

/// <summary>The parts inside services and checks.</summary>
internal static partial class RecordJson
{
    public static void Write(Utf8JsonWriter writer, ServiceWeights weights)
    {
        writer.WriteStartObject();
        writer.WriteNumber(Names.Passing, weights.Passing);
        writer.WriteNumber(Names.Warning, weights.Warning);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, ServiceConnect connect)
    {
        writer.WriteStartObject();
        WriteIfTrue(writer, Names.Native, connect.Native);
        if (connect.SidecarService is { } sidecar)
        {
            writer.WritePropertyName("SidecarService"u8);
            SidecarJson.Write(writer, sidecar);
        }

        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, ServiceProxy proxy)
    {
        writer.WriteStartObject();
        WriteUnlessEmpty(writer, Names.DestinationServiceName, proxy.DestinationServiceName);
        WriteUnlessEmpty(writer, Names.DestinationServiceId, proxy.DestinationServiceId);
        WriteUnlessEmpty(writer, Names.LocalServiceAddress, proxy.LocalServiceAddress);
        WriteUnlessZero(writer, Names.LocalServicePort, proxy.LocalServicePort);
        WriteUnlessEmpty(writer, Names.LocalServiceSocketPath, proxy.LocalServiceSocketPath);
        writer.WriteString(Names.Mode, proxy.Mode);
        WriteUnlessEmpty(writer, Names.Config, proxy.Config);
        if (proxy.Upstreams is { Count: > 0 } upstreams)
        {
            writer.WriteStartArray(Names.Upstreams);
            foreach (ProxyUpstream upstream in upstreams) Write(writer, upstream);
            writer.WriteEndArray();
        }

        WriteMeshGateway(writer, proxy.MeshGatewayMode);
        WriteExpose(writer, proxy);
        if (proxy.TransparentOutboundListenerPort != 0 || proxy.TransparentDialedDirectly)
        {
            writer.WriteStartObject(Names.TransparentProxy);
            WriteUnlessZero(writer, Names.OutboundListenerPort, proxy.TransparentOutboundListenerPort);
            WriteIfTrue(writer, Names.DialedDirectly, proxy.TransparentDialedDirectly);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, ProxyUpstream upstream)
    {
        writer.WriteStartObject();
        writer.WriteString(Names.DestinationType, upstream.DestinationType);
        WriteUnlessEmpty(writer, Names.DestinationNamespace, upstream.DestinationNamespace);
        writer.WriteString(Names.DestinationName, upstream.DestinationName);
        writer.WriteString(Names.Datacenter, upstream.Datacenter);
        WriteUnlessEmpty(writer, Names.LocalBindAddress, upstream.LocalBindAddress);
        WriteUnlessZero(writer, Names.LocalBindPort, upstream.LocalBindPort);
        WriteUnlessEmpty(writer, Names.LocalBindSocketPath, upstream.LocalBindSocketPath);
        WriteUnlessEmpty(writer, Names.LocalBindSocketMode, upstream.LocalBindSocketMode);
        WriteUnlessEmpty(writer, Names.Config, upstream.Config);
        WriteMeshGateway(writer, upstream.MeshGatewayMode);
        WriteIfTrue(writer, Names.CentrallyConfigured, upstream.CentrallyConfigured);
        writer.WriteEndObject();
    }

    /// <summary>Only members that are set; the durations come first.</summary>
    public static void Write(Utf8JsonWriter writer, CheckDefinition definition)
    {
        writer.WriteStartObject();
        if (!ReferenceEquals(definition, CheckDefinition.None)) WriteMembers(writer, definition);
        writer.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter writer, CheckDefinition definition)
    {
        WriteDuration(writer, Names.Interval, definition.IntervalNs);
        if (definition.OutputMaxSize != 0) writer.WriteNumber(Names.OutputMaxSize, definition.OutputMaxSize);
        WriteDuration(writer, Names.Timeout, definition.TimeoutNs);
        WriteDuration(writer, Names.DeregisterCriticalServiceAfter, definition.DeregisterCriticalServiceAfterNs);
        WriteUnlessEmpty(writer, Names.Http, definition.Http);
        WriteUnlessEmpty(writer, Names.TlsServerName, definition.TlsServerName);
        WriteIfTrue(writer, Names.TlsSkipVerify, definition.TlsSkipVerify);
        WriteHeader(writer, definition.Header);
        WriteUnlessEmpty(writer, Names.Method, definition.Method);
        WriteUnlessEmpty(writer, Names.Body, definition.Body);
        WriteIfTrue(writer, Names.DisableRedirects, definition.DisableRedirects);
        WriteUnlessEmpty(writer, Names.Tcp, definition.Tcp);
        WriteUnlessEmpty(writer, Names.H2Ping, definition.H2Ping);
        WriteUnlessEmpty(writer, Names.ScriptArgs, definition.ScriptArgs);
        WriteUnlessEmpty(writer, Names.DockerContainerId, definition.DockerContainerId);
        WriteUnlessEmpty(writer, Names.Shell, definition.Shell);
        WriteUnlessEmpty(writer, Names.Grpc, definition.Grpc);
        WriteIfTrue(writer, Names.GrpcUseTls, definition.GrpcUseTls);
        WriteUnlessEmpty(writer, Names.AliasNode, definition.AliasNode);
        WriteUnlessEmpty(writer, Names.AliasService, definition.AliasService);
        WriteUnlessZero(writer, Names.Ttl, definition.TtlNs);
    }

    private static void WriteExpose(Utf8JsonWriter writer, ServiceProxy proxy)
    {
        writer.WriteStartObject(Names.Expose);
        WriteIfTrue(writer, Names.Checks, proxy.ExposeChecks);
        if (proxy.ExposePaths is { Count: > 0 } paths)
        {
            writer.WriteStartArray(Names.Paths);
            foreach (ExposePath path in paths)
            {
                writer.WriteStartObject();
                WriteUnlessZero(writer, Names.ListenerPort, path.ListenerPort);
                WriteUnlessEmpty(writer, Names.Path, path.Path);
                WriteUnlessZero(writer, Names.LocalPathPort, path.LocalPathPort);
                WriteUnlessEmpty(writer, Names.Protocol, path.Protocol);
                WriteIfTrue(writer, Names.ParsedFromCheck, path.ParsedFromCheck);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteMeshGateway(Utf8JsonWriter writer, string mode)
    {
        writer.WriteStartObject(Names.MeshGateway);
        WriteUnlessEmpty(writer, Names.Mode, mode);
        writer.WriteEndObject();
    }

    private static void WriteHeader(Utf8JsonWriter writer, SortedMap<IReadOnlyList<string>?>? header)
    {
        if (header is not { Count: > 0 }) return;
        writer.WriteStartObject(Names.Header);
        foreach ((string name, IReadOnlyList<string>? values) in header)
        {
            writer.WritePropertyName(name);
            if (values is null)
            {
                writer.WriteNullValue();
                continue;
            }

            writer.WriteStartArray();
            foreach (string value in values) writer.WriteStringValue(value);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteDuration(Utf8JsonWriter writer, JsonEncodedText name, long nanoseconds)
    {
        if (nanoseconds != 0) writer.WriteString(name, GoDuration.Format(nanoseconds));
    }

    private static void WriteUnlessEmpty(Utf8JsonWriter writer, JsonEncodedText name, FreeMap? map)
    {
        if (map is not { Pairs.Count: > 0 }) return;
        writer.WritePropertyName(name);
        JsonFreeMap.Write(writer, map);
    }
}
