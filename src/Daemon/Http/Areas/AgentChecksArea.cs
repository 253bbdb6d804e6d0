using System.Text.Json;
using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Agent.Persistence;
using Consul.Fast.Daemon.Filter;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Storage.Records;
using Microsoft.AspNetCore.Http;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>The checks of this agent: <c>/v1/agent/check…</c>.</summary>
internal sealed class AgentChecksArea(LocalAgent agent)
{
    public void Map(RouteTable routes)
    {
        routes.Add("/v1/agent/checks", "GET", ListAsync);
        routes.Add("/v1/agent/check/register", "PUT", RegisterAsync);
        routes.Add("/v1/agent/check/deregister/", "PUT", DeregisterAsync);
        routes.Add("/v1/agent/check/pass/", "PUT", exchange => ReportAsync(exchange, CheckStatus.Passing));
        routes.Add("/v1/agent/check/warn/", "PUT", exchange => ReportAsync(exchange, CheckStatus.Warning));
        routes.Add("/v1/agent/check/fail/", "PUT", exchange => ReportAsync(exchange, CheckStatus.Critical));
        routes.Add("/v1/agent/check/update/", "PUT", UpdateAsync);
    }

    private ValueTask ListAsync(HttpExchange exchange)
    {
        if (exchange.RefusesNamespace()) return default;
        if (Filter(exchange, agent.State.Checks()) is not { } checks) return default;
        exchange.Json(checks, static (writer, value) =>
        {
            writer.WriteStartObject();
            foreach (HealthCheck check in value)
            {
                writer.WritePropertyName(check.CheckId);
                RecordJson.Write(writer, check);
            }

            writer.WriteEndObject();
        });
        return default;
    }

    /// <summary>
    /// Applies <c>?filter</c>; null when the answer is set. Unlike elsewhere, selectors are looked at only when there is a
    /// check to select from, and what is wrong with them is told without an introduction.
    /// </summary>
    private static IReadOnlyList<HealthCheck>? Filter(HttpExchange exchange, IReadOnlyList<HealthCheck> checks)
    {
        if (exchange.Query.Get("filter") is not { Length: > 0 } text) return checks;
        if (!FilterExpression.TryParse(text, out FilterExpression? expression, out string error))
        {
            exchange.Error(error);
            return null;
        }

        if (checks.Count == 0) return checks;
        if (expression!.TryBind(FilterSelectors.HealthCheck, out Predicate<HealthCheck>? test, out error))
            return [.. checks.Where(check => test!(check))];
        exchange.Error(error);
        return null;
    }

    private async ValueTask RegisterAsync(HttpExchange exchange)
    {
        if (exchange.RefusesNamespace()) return;
        ReadOnlyMemory<byte> body = await exchange.ReadBodyAsync();
        if (!TryDecode(body, "CheckDefinition", DefinitionInput.Check, out CheckDefinition? check, out string error))
        {
            exchange.Text(StatusCodes.Status400BadRequest, $"Request decode failed: {error}");
            return;
        }

        string? fault = check!.Name.Length == 0 ? "Missing check name"
            : check.Status.Length > 0 && !AgentRequests.IsStatus(check.Status) ? "Bad check status"
            : AgentRequests.CheckFault(check);
        if (fault is not null)
        {
            exchange.Text(StatusCodes.Status400BadRequest, fault);
            return;
        }

        await AgentRequests.LeaveConnectionThread();
        string? refusal = agent.AddCheck(check, exchange.Token(), DefinitionSource.Remote, persist: true);
        if (refusal is null) await agent.Syncer.SyncChangesNowAsync(CancellationToken.None);
        exchange.Finish(refusal);
    }

    private async ValueTask DeregisterAsync(HttpExchange exchange)
    {
        if (exchange.RefusesNamespace()) return;
        await AgentRequests.LeaveConnectionThread();
        string? fault = agent.RemoveCheck(exchange.Argument);
        if (fault is null) await agent.Syncer.SyncChangesNowAsync(CancellationToken.None);
        exchange.Finish(fault);
    }

    private ValueTask ReportAsync(HttpExchange exchange, string status) =>
        exchange.RefusesNamespace() ? default : SetAsync(exchange, status, exchange.Query.Get("note") ?? "");

    private async ValueTask UpdateAsync(HttpExchange exchange)
    {
        if (exchange.RefusesNamespace()) return;
        ReadOnlyMemory<byte> body = await exchange.ReadBodyAsync();
        if (!TryDecode(body, "checkUpdate", Decode, out CheckUpdate? update, out string error))
        {
            exchange.Text(StatusCodes.Status400BadRequest, $"Request decode failed: {error}");
            return;
        }

        if (!AgentRequests.IsStatus(update!.Status))
        {
            exchange.Text(StatusCodes.Status400BadRequest, $"Invalid check status: '{update.Status}'");
            return;
        }

        await SetAsync(exchange, update.Status, update.Output);
    }

    private async ValueTask SetAsync(HttpExchange exchange, string status, string output)
    {
        await AgentRequests.LeaveConnectionThread();
        string? fault = agent.UpdateTtl(exchange.Argument, status, output);
        if (fault is null) await agent.Syncer.SyncChangesNowAsync(CancellationToken.None);
        exchange.Finish(fault);
    }

    private static CheckUpdate Decode(JsonFields fields) => new(fields.String("Status"), fields.String("Output"));

    private static bool TryDecode<T>(ReadOnlyMemory<byte> body, string typeName, Func<JsonFields, T> decode, out T? value, out string error)
        where T : class
    {
        value = null;
        if (!JsonInput.TryParse(body, out JsonElement root, out error)) return false;
        var fields = new JsonFields(root, typeName);
        value = decode(fields);
        error = fields.Finish() ?? "";
        return error.Length == 0;
    }

    private sealed record CheckUpdate(string Status, string Output);
}
