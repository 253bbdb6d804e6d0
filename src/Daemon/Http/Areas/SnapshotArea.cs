using Consul.Fast.Daemon.Rpc;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary><c>/v1/snapshot</c>.</summary>
internal sealed class SnapshotArea(ISnapshots snapshots)
{
    public void Map(RouteTable routes) => routes.Add("/v1/snapshot", "GET,PUT", Handle);

    private ValueTask Handle(HttpExchange exchange)
    {
        // Of the consistency parameters only this one counts.
        var request = new DcSpecificRequest { AllowStale = exchange.Query.Has("stale") };
        request.Token = exchange.Token();
        request.Datacenter = exchange.Datacenter();
        request.Cancellation = exchange.Aborted;
        return HttpMethods.IsGet(exchange.Method) ? SaveAsync(exchange, request) : RestoreAsync(exchange, request);
    }

    private async ValueTask SaveAsync(HttpExchange exchange, DcSpecificRequest request)
    {
        RpcResult<Stream> result = await snapshots.SaveAsync(request);
        if (result.Error is { } error)
        {
            exchange.Error(error);
            return;
        }

        await using Stream archive = result.Value;
        exchange.SetMeta(result.Meta, effectiveConsistency: false);
        await using Stream output = await exchange.BeginStreamAsync(StatusCodes.Status200OK, "application/x-gzip");
        await archive.CopyToAsync(output, request.Cancellation);
    }

    private async ValueTask RestoreAsync(HttpExchange exchange, DcSpecificRequest request)
    {
        RpcResult<bool> result = await snapshots.RestoreAsync(request, exchange.BodyStream);
        if (result.Error is { } error) exchange.Error(error);
        else exchange.Empty();
    }
}
