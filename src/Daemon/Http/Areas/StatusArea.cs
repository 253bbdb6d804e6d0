using System.Text.Json;
using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary><c>/v1/status/</c>.</summary>
internal sealed class StatusArea(IStatus status)
{
    public void Map(RouteTable routes)
    {
        routes.Add("/v1/status/leader", "GET", LeaderAsync);
        routes.Add("/v1/status/peers", "GET", PeersAsync);
    }

    private async ValueTask LeaderAsync(HttpExchange exchange)
    {
        var request = new DcSpecificRequest();
        if (!exchange.TryParseQueryOptions(request)) return;
        RpcResult<string> result = await status.LeaderAsync(request);
        if (result.Error is { } error) exchange.Error(error);
        else exchange.Json(result.Value, static (writer, leader) => writer.WriteStringValue(leader));
    }

    private async ValueTask PeersAsync(HttpExchange exchange)
    {
        var request = new DcSpecificRequest();
        if (!exchange.TryParseQueryOptions(request)) return;
        RpcResult<IReadOnlyList<string>> result = await status.PeersAsync(request);
        if (result.Error is { } error) exchange.Error(error);
        else exchange.Json(result.Value, WriteTexts);
    }

    private static void WriteTexts(Utf8JsonWriter writer, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray();
        foreach (string text in texts) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
