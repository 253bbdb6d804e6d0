using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Records;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary><c>/v1/coordinate/</c>.</summary>
/// <param name="isDisabled">Whether this agent has nothing to do with coordinates.</param>
internal sealed class CoordinateArea(ICoordinates coordinates, Func<bool> isDisabled)
{
    private const string Disabled = "Coordinate support disabled";

    private static readonly Action<Utf8JsonWriter, IReadOnlyList<Coordinate>> s_writeList =
        ReadAnswers.ListWriter<Coordinate>(CoordinateJson.Write);

    public void Map(RouteTable routes)
    {
        routes.Add("/v1/coordinate/datacenters", "GET", DatacentersAsync);
        routes.Add("/v1/coordinate/nodes", "GET", NodesAsync);
        routes.Add("/v1/coordinate/node/", "GET", NodeAsync);
        routes.Add("/v1/coordinate/update", "PUT", UpdateAsync);
    }

    private async ValueTask DatacentersAsync(HttpExchange exchange)
    {
        if (Refuses(exchange)) return;
        RpcResult<IReadOnlyList<DatacenterMap>> result = await coordinates.ListDatacentersAsync();
        if (result.Error is { } error) exchange.Error(error);
        else exchange.Json(result.Value, ReadAnswers.ListWriter<DatacenterMap>(CoordinateJson.Write));
    }

    private async ValueTask NodesAsync(HttpExchange exchange)
    {
        var request = new DcSpecificRequest();
        if (Refuses(exchange) || !exchange.TryParseQueryOptions(request)) return;
        RpcResult<IReadOnlyList<Coordinate>> result = await coordinates.ListNodesAsync(request);
        if (exchange.IsTooStale(request, result)) result = await coordinates.ListNodesAsync(request);
        SetMeta(exchange, result);
        if (result.Error is { } error) exchange.Error(error);
        else exchange.Json(OfSegment(exchange, result.Value), s_writeList);
    }

    /// <summary>Unlike other reads, one that finds nothing comes without metadata.</summary>
    private async ValueTask NodeAsync(HttpExchange exchange)
    {
        var request = new NodeSpecificRequest();
        if (Refuses(exchange) || !exchange.TryParseQueryOptions(request)) return;
        request.Node = exchange.Argument;
        RpcResult<IReadOnlyList<Coordinate>> result = await coordinates.NodeAsync(request);
        if (exchange.IsTooStale(request, result)) result = await coordinates.NodeAsync(request);
        IReadOnlyList<Coordinate> found = result.Error is null ? OfSegment(exchange, result.Value) : [];
        if (result.Error is null && found.Count == 0)
        {
            exchange.Empty(StatusCodes.Status404NotFound);
            return;
        }

        SetMeta(exchange, result);
        if (result.Error is { } error) exchange.Error(error);
        else exchange.Json(found, s_writeList);
    }

    /// <summary>A datacenter in the query counts before one in the body.</summary>
    private async ValueTask UpdateAsync(HttpExchange exchange)
    {
        if (Refuses(exchange)) return;
        if (!CoordinateInput.TryRead(await exchange.ReadBodyAsync(), out CoordinateUpdateRequest request, out string fault))
        {
            exchange.Text(StatusCodes.Status400BadRequest, "Request decode failed: " + fault);
            return;
        }

        string datacenter = exchange.Datacenter() is { Length: > 0 } asked ? asked : request.Datacenter;
        RpcResult<bool> result = await coordinates.UpdateAsync(request with
        {
            Datacenter = datacenter.Length == 0 ? exchange.Options.Datacenter : datacenter,
            Token = exchange.Token(),
        });
        if (result.Error is { } error) exchange.Error(error);
        else exchange.Empty();
    }

    private bool Refuses(HttpExchange exchange)
    {
        if (!isDisabled()) return false;
        exchange.Text(StatusCodes.Status401Unauthorized, Disabled);
        return true;
    }

    /// <summary>The coordinates in the asked segment; all when none is named.</summary>
    private static IReadOnlyList<Coordinate> OfSegment(HttpExchange exchange, IReadOnlyList<Coordinate> found)
    {
        if (exchange.Query.Count == 0 || exchange.Query.Get("segment") is not { } segment) return found;
        return [.. found.Where(each => each.Segment == segment)];
    }

    private static void SetMeta(HttpExchange exchange, in RpcResult<IReadOnlyList<Coordinate>> result) =>
        exchange.SetMeta(result.Error is null ? result.Meta : default, effectiveConsistency: false);
}
