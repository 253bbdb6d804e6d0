using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary><c>/v1/catalog/</c>.</summary>
internal sealed class CatalogArea(ICatalog catalog)
{
    private const string DecodeFailed = "Request decode failed: ";

    private readonly ListAnswerCache<Node> _nodes = new(ReadAnswers.ListWriter<Node>(RecordJson.Write), ReferenceEquals);
    private readonly ListAnswerCache<ServiceTags> _services = new(WriteServices, SameTags);
    private readonly ListAnswerCache<ServiceInstance> _instances = new(ReadAnswers.ListWriter<ServiceInstance>(RecordJson.Write), SameRows);

    public void Map(RouteTable routes)
    {
        routes.Add("/v1/catalog/register", "PUT", RegisterAsync);
        routes.Add("/v1/catalog/deregister", "PUT", DeregisterAsync);
        routes.Add("/v1/catalog/datacenters", "GET", DatacentersAsync);
        routes.Add("/v1/catalog/nodes", "GET", NodesAsync);
        routes.Add("/v1/catalog/services", "GET", ServicesAsync);
        routes.Add("/v1/catalog/service/", "GET", exchange => ServiceNodesAsync(exchange, connect: false));
        routes.Add("/v1/catalog/connect/", "GET", exchange => ServiceNodesAsync(exchange, connect: true));
        routes.Add("/v1/catalog/node/", "GET", NodeAsync);
        routes.Add("/v1/catalog/node-services/", "GET", NodeServicesAsync);
    }

    private async ValueTask RegisterAsync(HttpExchange exchange)
    {
        if (!CatalogInput.TryReadRegister(await exchange.ReadBodyAsync(), out RegisterRequest request, out string error))
        {
            exchange.Text(StatusCodes.Status400BadRequest, DecodeFailed + error);
            return;
        }

        Answer(exchange, await catalog.RegisterAsync(request with
        {
            Datacenter = request.Datacenter.Length == 0 ? exchange.Options.Datacenter : request.Datacenter,
            Token = exchange.Token(),
        }));
    }

    private async ValueTask DeregisterAsync(HttpExchange exchange)
    {
        if (exchange.RefusesNamespace()) return;
        if (!CatalogInput.TryReadDeregister(await exchange.ReadBodyAsync(), out DeregisterRequest request, out string error))
        {
            exchange.Text(StatusCodes.Status400BadRequest, DecodeFailed + error);
            return;
        }

        Answer(exchange, await catalog.DeregisterAsync(request with
        {
            Datacenter = request.Datacenter.Length == 0 ? exchange.Options.Datacenter : request.Datacenter,
            Token = exchange.Token(),
        }));
    }

    /// <summary>A fault in the consistency parameters does not end this request: its text stands before the list.</summary>
    private async ValueTask DatacentersAsync(HttpExchange exchange)
    {
        var request = new DatacentersRequest();
        bool valid = exchange.TryParseConsistency(request);
        RpcResult<IReadOnlyList<string>> result = await catalog.ListDatacentersAsync(request);
        if (result.Error is { } error) exchange.Error(error);
        else if (valid) exchange.Json(result.Value, WriteNames);
        else exchange.AppendJson(result.Value, WriteNames);
    }

    /// <summary>Nodes belong to no namespace, so that naming one has no effect.</summary>
    private async ValueTask NodesAsync(HttpExchange exchange)
    {
        var request = new DcSpecificRequest();
        if (!exchange.TryParseQueryOptions(request)) return;
        ReadAnswers.ReadNear(exchange, request);
        RpcResult<IReadOnlyList<Node>> result = await catalog.ListNodesAsync(request);
        if (exchange.IsTooStale(request, result)) result = await catalog.ListNodesAsync(request);
        if (!ReadAnswers.Succeeded(exchange, result)) return;
        if (IsNarrowed(request)) exchange.Json(result.Value, ReadAnswers.ListWriter<Node>(RecordJson.Write));
        else _nodes.Send(exchange, "", result.Value);
    }

    private async ValueTask ServicesAsync(HttpExchange exchange)
    {
        var request = new DcSpecificRequest();
        if (!ReadAnswers.TryPrepare(exchange, request)) return;
        RpcResult<IReadOnlyList<ServiceTags>> result = await catalog.ListServicesAsync(request);
        if (exchange.IsTooStale(request, result)) result = await catalog.ListServicesAsync(request);
        if (!ReadAnswers.Succeeded(exchange, result)) return;
        if (request.NodeMetaFilters is null) _services.Send(exchange, "", result.Value);
        else exchange.Json(result.Value, WriteServices);
    }

    /// <param name="exchange">The request.</param>
    /// <param name="connect">Asks for the instances that speak for the service over the mesh.</param>
    private async ValueTask ServiceNodesAsync(HttpExchange exchange, bool connect)
    {
        var request = new ServiceSpecificRequest { Connect = connect };
        if (!ReadAnswers.TryPrepare(exchange, request, "Missing service name")) return;
        request.ServiceName = exchange.Argument;
        ReadAnswers.ReadTags(exchange, request);
        ReadAnswers.ReadNear(exchange, request);
        RpcResult<IReadOnlyList<ServiceInstance>> result = await catalog.ServiceNodesAsync(request);
        if (exchange.IsTooStale(request, result)) result = await catalog.ServiceNodesAsync(request);
        if (!ReadAnswers.Succeeded(exchange, result)) return;
        if (IsNarrowed(request) || request.TagFilter || connect)
            exchange.Json(result.Value, ReadAnswers.ListWriter<ServiceInstance>(RecordJson.Write));
        else
            _instances.Send(exchange, request.ServiceName, result.Value);
    }

    /// <summary>An unknown node is <c>null</c>; services are a map by id.</summary>
    private async ValueTask NodeAsync(HttpExchange exchange)
    {
        var request = new NodeSpecificRequest();
        if (!ReadAnswers.TryPrepare(exchange, request, "Missing node name")) return;
        request.Node = exchange.Argument;
        RpcResult<NodeServices?> result = await catalog.NodeServicesAsync(request);
        if (exchange.IsTooStale(request, result)) result = await catalog.NodeServicesAsync(request);
        if (ReadAnswers.Succeeded(exchange, result)) exchange.Json(result.Value, WriteNodeWithMap);
    }

    /// <summary>Both members are <c>null</c> for an unknown node; services are a list.</summary>
    private async ValueTask NodeServicesAsync(HttpExchange exchange)
    {
        var request = new NodeSpecificRequest();
        if (!ReadAnswers.TryPrepare(exchange, request, "Missing node name")) return;
        request.Node = exchange.Argument;
        RpcResult<NodeServices?> result = await catalog.NodeServicesAsync(request);
        if (exchange.IsTooStale(request, result)) result = await catalog.NodeServicesAsync(request);
        if (ReadAnswers.Succeeded(exchange, result)) exchange.Json(result.Value, WriteNodeWithList);
    }

    private static void Answer(HttpExchange exchange, in RpcResult<bool> result)
    {
        if (result.Error is { } error) exchange.Error(error);
        else exchange.JsonTrue();
    }

    /// <summary>Whether an answer depends on more than its path, so that it is not worth keeping.</summary>
    private static bool IsNarrowed(QueryRequest request) =>
        request.Filter.Length > 0 || request.NodeMetaFilters is not null || request.Source.Node.Length > 0;

    private static bool SameRows(ServiceInstance left, ServiceInstance right) =>
        ReferenceEquals(left.Node, right.Node) && ReferenceEquals(left.Service, right.Service);

    private static bool SameTags(ServiceTags left, ServiceTags right) =>
        ReferenceEquals(left, right) || (left.Service == right.Service && left.Tags.SequenceEqual(right.Tags));

    private static void WriteNames(Utf8JsonWriter writer, IReadOnlyList<string> names)
    {
        writer.WriteStartArray();
        foreach (string name in names) writer.WriteStringValue(name);
        writer.WriteEndArray();
    }

    private static void WriteServices(Utf8JsonWriter writer, IReadOnlyList<ServiceTags> services)
    {
        writer.WriteStartObject();
        foreach (ServiceTags service in services.OrderBy(s => s.Service, StringComparer.Ordinal))
        {
            writer.WritePropertyName(service.Service);
            WriteNames(writer, service.Tags);
        }

        writer.WriteEndObject();
    }

    private static void WriteNodeWithMap(Utf8JsonWriter writer, NodeServices? found)
    {
        if (found is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        writer.WritePropertyName("Node"u8);
        RecordJson.Write(writer, found.Node);
        writer.WriteStartObject("Services"u8);
        foreach (NodeService service in found.Services.OrderBy(s => s.Id, StringComparer.Ordinal))
        {
            writer.WritePropertyName(service.Id);
            RecordJson.Write(writer, service);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteNodeWithList(Utf8JsonWriter writer, NodeServices? found)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("Node"u8);
        if (found is null) writer.WriteNullValue();
        else RecordJson.Write(writer, found.Node);
        writer.WritePropertyName("Services"u8);
        if (found is null) writer.WriteNullValue();
        else ReadAnswers.ListWriter<NodeService>(RecordJson.Write)(writer, found.Services);
        writer.WriteEndObject();
    }
}
