using System.Text.Json;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Json;

/// <summary>
/// Writes records as Consul's HTTP API shows them, in its order of fields. Lists that are null in a record appear as
/// <c>[]</c> unless a caller asks for <c>nullLists</c>, the form of transactions and the UI data.
/// </summary>
internal static partial class RecordJson
{
    public static void Write(Utf8JsonWriter writer, Node node)
    {
        writer.WriteStartObject();
        writer.WriteString(Names.Id, node.Id);
        writer.WriteString(Names.Node, node.Name);
        writer.WriteString(Names.Address, node.Address);
        writer.WriteString(Names.Datacenter, node.Datacenter);
        Write(writer, Names.TaggedAddresses, node.TaggedAddresses);
        Write(writer, Names.Meta, node.Meta);
        WriteIndexes(writer, node.CreateIndex, node.ModifyIndex);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, NodeService service) => Write(writer, service, nullLists: false);

    public static void Write(Utf8JsonWriter writer, NodeService service, bool nullLists)
    {
        writer.WriteStartObject();
        WriteUnlessEmpty(writer, Names.Kind, service.Kind);
        writer.WriteString(Names.Id, service.Id);
        writer.WriteString(Names.Service, service.Service);
        Write(writer, Names.Tags, service.Tags, nullLists);
        writer.WriteString(Names.Address, service.Address);
        WriteUnlessEmpty(writer, Names.TaggedAddresses, service.TaggedAddresses);
        Write(writer, Names.Meta, service.Meta);
        if (service.Port != 0) writer.WriteNumber(Names.Port, service.Port);
        WriteUnlessEmpty(writer, Names.SocketPath, service.SocketPath);
        writer.WritePropertyName(Names.Weights);
        if (service.Weights is null) writer.WriteNullValue();
        else Write(writer, service.Weights);
        writer.WriteBoolean(Names.EnableTagOverride, service.EnableTagOverride);
        writer.WritePropertyName(Names.Proxy);
        Write(writer, service.Proxy);
        writer.WritePropertyName(Names.Connect);
        Write(writer, service.Connect);
        WriteIndexes(writer, service.CreateIndex, service.ModifyIndex);
        writer.WriteEndObject();
    }

    /// <summary>The flat form of <c>catalog/service</c>: node and service in one object.</summary>
    public static void Write(Utf8JsonWriter writer, ServiceInstance instance)
    {
        (Node node, NodeService service) = instance;
        writer.WriteStartObject();
        writer.WriteString(Names.Id, node.Id);
        writer.WriteString(Names.Node, node.Name);
        writer.WriteString(Names.Address, node.Address);
        writer.WriteString(Names.Datacenter, node.Datacenter);
        Write(writer, Names.TaggedAddresses, node.TaggedAddresses);
        Write(writer, Names.NodeMeta, node.Meta);
        writer.WriteString(Names.ServiceKind, service.Kind);
        writer.WriteString(Names.ServiceId, service.Id);
        writer.WriteString(Names.ServiceName, service.Service);
        Write(writer, Names.ServiceTags, service.Tags, nullList: false);
        writer.WriteString(Names.ServiceAddress, service.Address);
        WriteUnlessEmpty(writer, Names.ServiceTaggedAddresses, service.TaggedAddresses);
        writer.WritePropertyName(Names.ServiceWeights);
        Write(writer, service.Weights ?? ServiceWeights.Default);
        Write(writer, Names.ServiceMeta, service.Meta ?? SortedMap<string>.Empty);
        writer.WriteNumber(Names.ServicePort, service.Port);
        writer.WriteString(Names.ServiceSocketPath, service.SocketPath);
        writer.WriteBoolean(Names.ServiceEnableTagOverride, service.EnableTagOverride);
        writer.WritePropertyName(Names.ServiceProxy);
        Write(writer, service.Proxy);
        writer.WritePropertyName(Names.ServiceConnect);
        Write(writer, service.Connect);
        WriteIndexes(writer, service.CreateIndex, service.ModifyIndex);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, HealthCheck check) => Write(writer, check, nullLists: false);

    public static void Write(Utf8JsonWriter writer, HealthCheck check, bool nullLists)
    {
        writer.WriteStartObject();
        writer.WriteString(Names.Node, check.Node);
        writer.WriteString(Names.CheckId, check.CheckId);
        writer.WriteString(Names.Name, check.Name);
        writer.WriteString(Names.Status, check.Status);
        writer.WriteString(Names.Notes, check.Notes);
        writer.WriteString(Names.Output, check.Output);
        writer.WriteString(Names.ServiceId, check.ServiceId);
        writer.WriteString(Names.ServiceName, check.ServiceName);
        Write(writer, Names.ServiceTags, check.ServiceTags, nullLists);
        writer.WriteString(Names.Type, check.Type);
        writer.WriteString(Names.Interval, check.Interval);
        writer.WriteString(Names.Timeout, check.Timeout);
        writer.WriteNumber(Names.ExposedPort, check.ExposedPort);
        writer.WritePropertyName(Names.Definition);
        Write(writer, check.Definition);
        WriteIndexes(writer, check.CreateIndex, check.ModifyIndex);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, CheckServiceNode instance) => Write(writer, instance, nullLists: false);

    public static void Write(Utf8JsonWriter writer, CheckServiceNode instance, bool nullLists)
    {
        writer.WriteStartObject();
        writer.WritePropertyName(Names.Node);
        Write(writer, instance.Node);
        writer.WritePropertyName(Names.Service);
        Write(writer, instance.Service, nullLists);
        writer.WriteStartArray(Names.Checks);
        foreach (HealthCheck check in instance.Checks) Write(writer, check, nullLists);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, DirEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteNumber(Names.LockIndex, entry.LockIndex);
        writer.WriteString(Names.Key, entry.Key);
        writer.WriteNumber(Names.Flags, entry.Flags);
        if (entry.Value is { Length: > 0 } value) writer.WriteBase64String(Names.Value, value);
        else writer.WriteNull(Names.Value);
        WriteUnlessEmpty(writer, Names.Session, entry.Session);
        WriteIndexes(writer, entry.CreateIndex, entry.ModifyIndex);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, Session session)
    {
        writer.WriteStartObject();
        writer.WriteString(Names.Id, session.Id);
        writer.WriteString(Names.Name, session.Name);
        writer.WriteString(Names.Node, session.Node);
        writer.WriteNumber(Names.LockDelay, session.LockDelayNs);
        writer.WriteString(Names.Behavior, session.Behavior);
        writer.WriteString(Names.Ttl, session.Ttl);
        Write(writer, Names.NodeChecks, session.NodeChecks, nullList: true);
        WriteServiceChecks(writer, session.ServiceChecks);
        if (session.Checks is { Count: > 0 } checks) Write(writer, Names.Checks, checks, nullList: true);
        WriteIndexes(writer, session.CreateIndex, session.ModifyIndex);
        writer.WriteEndObject();
    }

    private static void WriteServiceChecks(Utf8JsonWriter writer, IReadOnlyList<SessionServiceCheck>? checks)
    {
        if (checks is null)
        {
            writer.WriteNull(Names.ServiceChecks);
            return;
        }

        writer.WriteStartArray(Names.ServiceChecks);
        foreach (SessionServiceCheck check in checks)
        {
            writer.WriteStartObject();
            writer.WriteString(Names.Id, check.Id);
            writer.WriteString(Names.Namespace, check.Namespace);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteIndexes(Utf8JsonWriter writer, ulong create, ulong modify)
    {
        writer.WriteNumber(Names.CreateIndex, create);
        writer.WriteNumber(Names.ModifyIndex, modify);
    }

    private static void Write(Utf8JsonWriter writer, JsonEncodedText name, IReadOnlyList<string>? list, bool nullList)
    {
        if (list is null && nullList)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartArray(name);
        for (int i = 0; i < (list?.Count ?? 0); i++) writer.WriteStringValue(list![i]);
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonEncodedText name, SortedMap<string>? map)
    {
        if (map is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        for (int i = 0; i < map.Count; i++) writer.WriteString(map[i].Key, map[i].Value);
        writer.WriteEndObject();
    }

    private static void WriteUnlessEmpty(Utf8JsonWriter writer, JsonEncodedText name, SortedMap<ServiceAddress>? map)
    {
        if (map is not { Count: > 0 }) return;
        writer.WriteStartObject(name);
        foreach ((string key, ServiceAddress address) in map)
        {
            writer.WriteStartObject(key);
            writer.WriteString(Names.Address, address.Address);
            writer.WriteNumber(Names.Port, address.Port);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteUnlessEmpty(Utf8JsonWriter writer, JsonEncodedText name, string text)
    {
        if (text.Length > 0) writer.WriteString(name, text);
    }

    private static void WriteIfTrue(Utf8JsonWriter writer, JsonEncodedText name, bool flag)
    {
        if (flag) writer.WriteBoolean(name, true);
    }

    private static void WriteUnlessZero(Utf8JsonWriter writer, JsonEncodedText name, long number)
    {
        if (number != 0) writer.WriteNumber(name, number);
    }

    private static void WriteUnlessEmpty(Utf8JsonWriter writer, JsonEncodedText name, IReadOnlyList<string>? list)
    {
        if (list is { Count: > 0 }) Write(writer, name, list, nullList: false);
    }
}
