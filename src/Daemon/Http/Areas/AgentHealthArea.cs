using System.Text.Json;
using Consul.Fast.Daemon.Agent;
using Consul.Fast.Storage.Records;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>The health of this agent's services for load balancers: the status code alone tells it.</summary>
internal sealed class AgentHealthArea(LocalAgent agent, string datacenter)
{
    private const string PlainText = "text/plain";

    public void Map(RouteTable routes)
    {
        routes.Add("/v1/agent/health/service/id/", "GET", ReadByIdAsync);
        routes.Add("/v1/agent/health/service/name/", "GET", ReadByNameAsync);
    }

    private ValueTask ReadByIdAsync(HttpExchange exchange)
    {
        if (exchange.RefusesNamespace()) return default;
        string id = exchange.Argument;
        if (id.Length == 0)
        {
            exchange.Error("Bad request: Missing serviceID");
            return default;
        }

        if (agent.State.Service(id) is not { } service)
        {
            const int NotFound = StatusCodes.Status404NotFound;
            string reason = $"ServiceId {id} not found";
            exchange.SetHeader("X-Consul-Reason", reason);
            if (WantsText(exchange)) exchange.Json(NotFound, reason, static (writer, text) => writer.WriteStringValue(text));
            else exchange.Json(NotFound, 0, static (writer, _) => WriteUnknown(writer));
            return default;
        }

        ServiceHealth health = HealthOf(service);
        exchange.SetHeader("X-Consul-Reason", health.Status);
        if (WantsText(exchange)) exchange.Text(health.Code, health.Status, PlainText);
        else exchange.Json(health.Code, (health, datacenter), static (writer, value) => Write(writer, value.health, value.datacenter));
        return default;
    }

    private ValueTask ReadByNameAsync(HttpExchange exchange)
    {
        if (exchange.RefusesNamespace()) return default;
        string name = exchange.Argument;
        if (name.Length == 0)
        {
            exchange.Error("Bad request: Missing service Name");
            return default;
        }

        ServiceHealth[] all = [.. agent.State.Services().Where(service => service.Service == name).Select(HealthOf)];
        int code = all.Length == 0 ? StatusCodes.Status404NotFound : all.Max(static health => health.Code);
        string reason = all.FirstOrDefault(health => health.Code == code)?.Status ?? $"ServiceName {name} Not Found";
        exchange.SetHeader("X-Consul-Reason", reason);
        if (WantsText(exchange))
        {
            exchange.Text(code, reason, PlainText);
            return default;
        }

        exchange.Json(code, (all, datacenter), static (writer, value) =>
        {
            writer.WriteStartArray();
            foreach (ServiceHealth health in value.all) Write(writer, health, value.datacenter);
            writer.WriteEndArray();
        });
        return default;
    }

    private static bool WantsText(HttpExchange exchange) =>
        exchange.Query.Get("format") == "text"
        || exchange.RequestHeaders.Accept.ToString().StartsWith(PlainText, StringComparison.Ordinal);

    private ServiceHealth HealthOf(NodeService service)
    {
        HealthCheck[] checks = [.. agent.State.Checks().Where(check => check.ServiceId.Length == 0 || check.ServiceId == service.Id)];
        string status = Aggregate(checks);
        int code = status switch
        {
            CheckStatus.Passing => StatusCodes.Status200OK,
            CheckStatus.Warning => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
        return new ServiceHealth(service, checks, status, code);
    }

    private static string Aggregate(HealthCheck[] checks)
    {
        bool warning = false, critical = false;
        foreach (HealthCheck check in checks)
        {
            if (check.CheckId == LocalAgent.NodeMaintenanceCheckId
                || check.CheckId.StartsWith(LocalAgent.ServiceMaintenancePrefix, StringComparison.Ordinal))
            {
                return CheckStatus.Maintenance;
            }

            critical |= check.Status == CheckStatus.Critical;
            warning |= check.Status == CheckStatus.Warning;
        }

        return critical ? CheckStatus.Critical : warning ? CheckStatus.Warning : CheckStatus.Passing;
    }

    private static void WriteUnknown(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("AggregatedStatus", CheckStatus.Critical);
        writer.WriteNull("Service");
        writer.WriteNull("Checks");
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ServiceHealth health, string datacenter)
    {
        writer.WriteStartObject();
        writer.WriteString("AggregatedStatus", health.Status);
        writer.WritePropertyName("Service");
        AgentServiceJson.Write(writer, health.Service, datacenter);
        writer.WriteStartArray("Checks");
        foreach (HealthCheck check in health.Checks) Write(writer, check);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Here a check shows every member of its definition, set or not, and none of its type.</summary>
    private static void Write(Utf8JsonWriter writer, HealthCheck check)
    {
        writer.WriteStartObject();
        writer.WriteString("Node", check.Node);
        writer.WriteString("CheckID", check.CheckId);
        writer.WriteString("Name", check.Name);
        writer.WriteString("Status", check.Status);
        writer.WriteString("Notes", check.Notes);
        writer.WriteString("Output", check.Output);
        writer.WriteString("ServiceID", check.ServiceId);
        writer.WriteString("ServiceName", check.ServiceName);
        if (check.ServiceTags is null) writer.WriteNull("ServiceTags");
        else writer.WriteStartArray("ServiceTags");
        foreach (string tag in check.ServiceTags ?? []) writer.WriteStringValue(tag);
        if (check.ServiceTags is not null) writer.WriteEndArray();
        writer.WriteString("Type", "");
        WriteEmptyDefinition(writer);
        writer.WriteNumber("CreateIndex", check.CreateIndex);
        writer.WriteNumber("ModifyIndex", check.ModifyIndex);
        writer.WriteEndObject();
    }

    private static void WriteEmptyDefinition(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("Definition");
        writer.WriteString("Interval", "0s");
        writer.WriteString("Timeout", "0s");
        writer.WriteString("DeregisterCriticalServiceAfter", "0s");
        writer.WriteString("HTTP", "");
        writer.WriteNull("Header");
        writer.WriteString("Method", "");
        writer.WriteString("Body", "");
        writer.WriteString("TLSServerName", "");
        writer.WriteBoolean("TLSSkipVerify", false);
        writer.WriteString("TCP", "");
        writer.WriteString("GRPC", "");
        writer.WriteBoolean("GRPCUseTLS", false);
        writer.WriteEndObject();
    }

    private sealed record ServiceHealth(NodeService Service, HealthCheck[] Checks, string Status, int Code);
}
