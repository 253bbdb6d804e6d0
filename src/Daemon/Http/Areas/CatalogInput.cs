using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>Bodies of <c>catalog/register</c> and <c>catalog/deregister</c>.</summary>
internal static class CatalogInput
{
    private const string UnknownNamespace = "json: unknown field \"Namespace\"";

    public static bool TryReadRegister(ReadOnlyMemory<byte> body, out RegisterRequest request, out string error)
    {
        request = new RegisterRequest();
        if (!JsonInput.TryParse(body, out JsonElement root, out error)) return false;
        var fields = new JsonFields(root, "RegisterRequest");
        request = new RegisterRequest
        {
            Datacenter = fields.String("Datacenter"),
            Id = fields.String("ID"),
            Node = fields.String("Node"),
            Address = fields.String("Address"),
            TaggedAddresses = fields.StringMap("TaggedAddresses"),
            NodeMeta = fields.StringMap("NodeMeta"),
            Service = fields.Nested("NodeService", RecordInput.NodeService, "Service"),
            Check = fields.Nested("HealthCheck", RecordInput.HealthCheck, "Check"),
            Checks = fields.List("HealthCheck", RecordInput.HealthCheck, "Checks") is { } checks ? [.. checks.OfType<HealthCheck>()] : null,
            SkipNodeUpdate = fields.Bool("SkipNodeUpdate"),
        };
        Ignore(fields);
        error = Fault(fields);
        return error.Length == 0;
    }

    public static bool TryReadDeregister(ReadOnlyMemory<byte> body, out DeregisterRequest request, out string error)
    {
        request = new DeregisterRequest();
        if (!JsonInput.TryParse(body, out JsonElement root, out error)) return false;
        var fields = new JsonFields(root, "DeregisterRequest");
        request = new DeregisterRequest
        {
            Datacenter = fields.String("Datacenter"),
            Node = fields.String("Node"),
            ServiceId = fields.String("ServiceID"),
            CheckId = fields.String("CheckID"),
        };
        _ = fields.String("Address");
        Ignore(fields);
        error = Fault(fields);
        return error.Length == 0;
    }

    /// <summary>The fault of a body, if any. Only here is the reason told why namespaces are unknown.</summary>
    private static string Fault(JsonFields fields) =>
        fields.Finish() is not { } fault ? "" : fault == UnknownNamespace ? fault + HttpExchange.EnterpriseSuffix : fault;

    /// <summary>Fields that a body may have without effect: the token comes with the request, indexes from the log.</summary>
    private static void Ignore(JsonFields fields)
    {
        _ = fields.String("Token");
        _ = fields.UInt64("CreateIndex");
        _ = fields.UInt64("ModifyIndex");
    }
}
