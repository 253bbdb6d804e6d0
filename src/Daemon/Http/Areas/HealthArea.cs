using Consul.Fast.Daemon.Filter;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Records;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary><c>/v1/health/</c>.</summary>
internal sealed class HealthArea(IHealth health)
{
    private const string ServiceMissing = "Missing service name";

    private readonly ListAnswerCache<CheckServiceNode> _all = new(ReadAnswers.ListWriter<CheckServiceNode>(RecordJson.Write), SameRows);
    private readonly ListAnswerCache<CheckServiceNode> _passing = new(ReadAnswers.ListWriter<CheckServiceNode>(RecordJson.Write), SameRows);

    public void Map(RouteTable routes)
    {
        routes.Add("/v1/health/node/", "GET", NodeAsync);
        routes.Add("/v1/health/checks/", "GET", ChecksAsync);
        routes.Add("/v1/health/state/", "GET", StateAsync);
        routes.Add("/v1/health/service/", "GET", exchange => ServiceAsync(exchange, connect: false));
        routes.Add("/v1/health/connect/", "GET", exchange => ServiceAsync(exchange, connect: true));
    }

    private async ValueTask NodeAsync(HttpExchange exchange)
    {
        var request = new NodeSpecificRequest();
        if (!ReadAnswers.TryPrepare(exchange, request, "Missing node name")) return;
        request.Node = exchange.Argument;
        RpcResult<IReadOnlyList<HealthCheck>> result = await health.NodeChecksAsync(request);
        if (exchange.IsTooStale(request, result)) result = await health.NodeChecksAsync(request);
        Answer(exchange, result);
    }

    private async ValueTask ChecksAsync(HttpExchange exchange)
    {
        var request = new ServiceSpecificRequest();
        if (!ReadAnswers.TryPrepare(exchange, request, ServiceMissing)) return;
        request.ServiceName = exchange.Argument;
        ReadAnswers.ReadNear(exchange, request);
        RpcResult<IReadOnlyList<HealthCheck>> result = await health.ServiceChecksAsync(request);
        if (exchange.IsTooStale(request, result)) result = await health.ServiceChecksAsync(request);
        Answer(exchange, result);
    }

    private async ValueTask StateAsync(HttpExchange exchange)
    {
        var request = new ChecksInStateRequest();
        if (!ReadAnswers.TryPrepare(exchange, request, "Missing check state")) return;
        request.State = exchange.Argument;
        ReadAnswers.ReadNear(exchange, request);
        RpcResult<IReadOnlyList<HealthCheck>> result = await health.ChecksInStateAsync(request);
        if (exchange.IsTooStale(request, result)) result = await health.ChecksInStateAsync(request);
        Answer(exchange, result);
    }

    /// <param name="exchange">The request.</param>
    /// <param name="connect">Asks for the instances that speak for the service over the mesh.</param>
    private async ValueTask ServiceAsync(HttpExchange exchange, bool connect)
    {
        var request = new ServiceSpecificRequest { Connect = connect };
        if (!ReadAnswers.TryPrepare(exchange, request, ServiceMissing)) return;
        request.ServiceName = exchange.Argument;
        ReadAnswers.ReadTags(exchange, request);
        ReadAnswers.ReadNear(exchange, request);
        RpcResult<IReadOnlyList<CheckServiceNode>> result = await health.ServiceNodesAsync(request);
        if (exchange.IsTooStale(request, result)) result = await health.ServiceNodesAsync(request);
        // Unlike the other reads, this one has no metadata on failure.
        if (result.Error is { } error)
        {
            exchange.Error(error);
            return;
        }

        exchange.SetMeta(result.Meta, effectiveConsistency: true);
        // Looked at after the lookup, so that a bad value is told only once there is an answer.
        if (!TryReadPassing(exchange, out bool passing))
        {
            exchange.Text(StatusCodes.Status400BadRequest, "Invalid value for ?passing");
            return;
        }

        IReadOnlyList<CheckServiceNode> found = passing ? OnlyPassing(result.Value) : result.Value;
        if (connect || request.TagFilter || request.Filter.Length > 0 || request.NodeMetaFilters is not null
            || request.Source.Node.Length > 0)
            exchange.Json(found, ReadAnswers.ListWriter<CheckServiceNode>(RecordJson.Write));
        else
            (passing ? _passing : _all).Send(exchange, request.ServiceName, found);
    }

    private static void Answer(HttpExchange exchange, in RpcResult<IReadOnlyList<HealthCheck>> result)
    {
        if (ReadAnswers.Succeeded(exchange, result)) exchange.Json(result.Value, ReadAnswers.ListWriter<HealthCheck>(RecordJson.Write));
    }

    /// <summary>Presence alone, or with an empty value, means true.</summary>
    private static bool TryReadPassing(HttpExchange exchange, out bool passing)
    {
        string? text = exchange.Query.Count == 0 ? null : exchange.Query.Get("passing");
        passing = text is "";
        return string.IsNullOrEmpty(text) || Coercions.TryFlag(text, out passing, out _);
    }

    private static IReadOnlyList<CheckServiceNode> OnlyPassing(IReadOnlyList<CheckServiceNode> instances)
    {
        int failing = instances.Count(instance => !IsPassing(instance));
        return failing == 0 ? instances : [.. instances.Where(IsPassing)];
    }

    private static bool IsPassing(CheckServiceNode instance)
    {
        for (int i = 0; i < instance.Checks.Count; i++)
        {
            if (instance.Checks[i].Status != CheckStatus.Passing) return false;
        }

        return true;
    }

    private static bool SameRows(CheckServiceNode left, CheckServiceNode right)
    {
        if (ReferenceEquals(left, right)) return true;
        if (!ReferenceEquals(left.Node, right.Node) || !ReferenceEquals(left.Service, right.Service)) return false;
        if (left.Checks.Count != right.Checks.Count) return false;
        for (int i = 0; i < left.Checks.Count; i++)
        {
            if (!ReferenceEquals(left.Checks[i], right.Checks[i])) return false;
        }

        return true;
    }
}
