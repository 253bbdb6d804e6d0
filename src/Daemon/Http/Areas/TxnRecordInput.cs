using System.Text;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>
/// The operations of a transaction in JSON. Their records are spelled like those of the client library, not like those of
/// a registration: they know a namespace, which has no effect, and a check knows less of itself.
/// </summary>
internal static class TxnRecordInput
{
    public static TxnKvOp Kv(JsonFields fields)
    {
        _ = fields.String("Namespace");
        return new TxnKvOp(
            fields.String("Verb"),
            new DirEntry
            {
                Key = Encoding.UTF8.GetBytes(fields.String("Key")),
                Value = fields.Bytes("Value"),
                Flags = fields.UInt64("Flags"),
                Session = fields.String("Session"),
                ModifyIndex = fields.UInt64("Index"),
            });
    }

    public static TxnNodeOp Node(JsonFields fields) =>
        new(fields.String("Verb"), fields.Nested("Node", RecordInput.Node, "Node") ?? new Node());

    public static TxnServiceOp Service(JsonFields fields) => new(
        fields.String("Verb"), fields.String("Node"), fields.Nested("AgentService", AgentService, "Service") ?? new NodeService());

    public static TxnCheckOp Check(JsonFields fields) =>
        new(fields.String("Verb"), fields.Nested("HealthCheck", HealthCheck, "Check") ?? new HealthCheck());

    private static NodeService AgentService(JsonFields fields)
    {
        _ = fields.String("Namespace");
        _ = fields.String("Datacenter");
        _ = fields.String("ContentHash");
        return RecordInput.NodeService(fields);
    }

    /// <summary>A given type is dropped.</summary>
    private static HealthCheck HealthCheck(JsonFields fields)
    {
        _ = fields.String("Namespace");
        _ = fields.String("Type");
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
            Definition = fields.Nested("HealthCheckDefinition", Definition, "Definition") ?? CheckDefinition.None,
            CreateIndex = fields.UInt64("CreateIndex"),
            ModifyIndex = fields.UInt64("ModifyIndex"),
        };
    }

    private static CheckDefinition Definition(JsonFields fields) => RecordInput.Definition(fields.StrictDurations());
}
