using System.Globalization;
using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary><c>/v1/operator/autopilot/</c>: how the leader manages the servers, and how it sees them.</summary>
internal sealed class OperatorAutopilotArea(IOperator operators)
{
    public void Map(RouteTable routes)
    {
        routes.Add("/v1/operator/autopilot/configuration", "GET,PUT", ConfigurationAsync);
        routes.Add("/v1/operator/autopilot/health", "GET", HealthAsync);
        routes.Add("/v1/operator/autopilot/state", "GET", StateAsync);
    }

    private ValueTask ConfigurationAsync(HttpExchange exchange) =>
        HttpMethods.IsPut(exchange.Method) ? SetAsync(exchange) : GetAsync(exchange);

    private async ValueTask GetAsync(HttpExchange exchange)
    {
        var request = new DcSpecificRequest();
        if (!exchange.TryParseQueryOptions(request)) return;
        RpcResult<AutopilotConfiguration> result = await operators.AutopilotGetConfigurationAsync(request);
        if (result.Error is { } error) exchange.Error(error);
        else exchange.Json(result.Value, AutopilotJson.Write);
    }

    private async ValueTask SetAsync(HttpExchange exchange)
    {
        if (!AutopilotInput.TryRead(await exchange.ReadBodyAsync(), out AutopilotConfiguration configuration, out string fault))
        {
            exchange.BadRequest("Error parsing autopilot config: " + fault);
            return;
        }

        bool cas = exchange.Query.Has("cas");
        if (cas && !TryReadIndex(exchange, ref configuration)) return;
        var request = new AutopilotRequest
        {
            Datacenter = exchange.Datacenter(),
            Configuration = configuration,
            Cas = cas,
            Token = exchange.Token(),
        };
        RpcResult<bool> result = await operators.AutopilotSetConfigurationAsync(request);
        if (result.Error is { } error) exchange.Error(error);
        else exchange.JsonBool(!cas || result.Value);
    }

    private static bool TryReadIndex(HttpExchange exchange, ref AutopilotConfiguration configuration)
    {
        string text = exchange.Query.Get("cas") ?? "";
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong index))
        {
            configuration = configuration with { ModifyIndex = index };
            return true;
        }

        bool isNumber = text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
        string reason = isNumber ? "value out of range" : "invalid syntax";
        exchange.BadRequest($"Error parsing cas value: strconv.ParseUint: parsing {GoDuration.Quote(text)}: {reason}");
        return false;
    }

    private async ValueTask HealthAsync(HttpExchange exchange)
    {
        var request = new DcSpecificRequest();
        if (!exchange.TryParseQueryOptions(request)) return;
        RpcResult<AutopilotHealth> result = await operators.ServerHealthAsync(request);
        if (result.Error is { } error)
        {
            exchange.Error(error);
            return;
        }

        int status = result.Value.Healthy ? StatusCodes.Status200OK : StatusCodes.Status429TooManyRequests;
        exchange.Json(status, result.Value, AutopilotJson.Write);
    }

    private async ValueTask StateAsync(HttpExchange exchange)
    {
        var request = new DcSpecificRequest();
        if (!exchange.TryParseQueryOptions(request)) return;
        RpcResult<AutopilotState> result = await operators.AutopilotStateAsync(request);
        if (result.Error is { } error) exchange.Error(error);
        else exchange.Json(result.Value, AutopilotJson.Write);
    }
}
