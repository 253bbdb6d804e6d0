using System.Text.Json;
using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Agent.Persistence;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Filter;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Records;
using Microsoft.AspNetCore.Http;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>The services of this agent: <c>/v1/agent/service…</c>.</summary>
internal sealed class AgentServicesArea(LocalAgent agent, string datacenter, TimeProvider time)
{
    private static readonly TimeSpan WaitDefault = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(600);
    private static readonly CheckDefinition NoCheck = new();

    public void Map(RouteTable routes)
    {
        routes.Add("/v1/agent/services", "GET", ListAsync);
        routes.Add("/v1/agent/service/", "GET", ReadAsync);
        routes.Add("/v1/agent/service/register", "PUT", RegisterAsync);
        routes.Add("/v1/agent/service/deregister/", "PUT", DeregisterAsync);
        routes.Add("/v1/agent/service/maintenance/", "PUT", MaintainAsync);
    }

    private ValueTask ListAsync(HttpExchange exchange)
    {
        if (exchange.RefusesNamespace()) return default;
        string filter = exchange.Query.Get("filter") ?? "";
        if (!FilterExpression.TryCompile(filter, FilterSelectors.NodeService, out Predicate<NodeService>? test, out string error))
        {
            exchange.Error(error);
            return default;
        }

        IReadOnlyList<NodeService> services = agent.State.Services();
        if (test is not null) services = [.. services.Where(service => test(service))];
        exchange.Json((services, datacenter), static (writer, value) =>
        {
            writer.WriteStartObject();
            foreach (NodeService service in value.services)
            {
                writer.WritePropertyName(service.Id);
                AgentServiceJson.Write(writer, service, value.datacenter);
            }

            writer.WriteEndObject();
        });
        return default;
    }

    private async ValueTask ReadAsync(HttpExchange exchange)
    {
        if (exchange.RefusesNamespace()) return;
        long waitNs = 0;
        if (exchange.Query.Get("wait") is { Length: > 0 } wait && !GoDuration.TryParse(wait, out waitNs, out _))
        {
            exchange.Text(StatusCodes.Status400BadRequest, "Invalid wait time");
            return;
        }

        string id = exchange.Argument;
        string known = exchange.Query.Get("hash") ?? "";
        TimeSpan limit = waitNs <= 0 ? WaitDefault : GoDuration.ToTimeSpan(waitNs);
        if (limit > WaitMax) limit = WaitMax;
        limit *= 1 + (Random.Shared.NextDouble() / 16);
        long start = time.GetTimestamp();
        while (agent.State.WatchService(id) is var (service, changed))
        {
            string hash = AgentServiceJson.ContentHash(service, datacenter);
            TimeSpan left = limit - time.GetElapsedTime(start);
            if (hash != known || left <= TimeSpan.Zero)
            {
                Answer(exchange, service, hash);
                return;
            }

            try
            {
                await changed.WaitAsync(left, time, exchange.Aborted);
            }
            catch (TimeoutException)
            {
                // The current state is the answer.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }

        exchange.NotFound($"unknown service ID: {id}");
    }

    private void Answer(HttpExchange exchange, NodeService service, string hash)
    {
        exchange.SetHeader("X-Consul-Contenthash", hash);
        exchange.Json(
            (service, datacenter, hash),
            static (writer, value) => AgentServiceJson.Write(writer, value.service, value.datacenter, value.hash));
    }

    private async ValueTask RegisterAsync(HttpExchange exchange)
    {
        if (exchange.RefusesNamespace()) return;
        ReadOnlyMemory<byte> body = await exchange.ReadBodyAsync();
        if (!TryDecode(body, out ServiceDefinition? definition, out string error))
        {
            exchange.Text(StatusCodes.Status400BadRequest, $"Request decode failed: {error}");
            return;
        }

        // A null among the checks has always ended the connection.
        if (definition!.Checks.Contains(null!))
        {
            exchange.Abort();
            return;
        }

        definition = WithoutEmptyChecks(definition);
        if (Fault(definition) is { } fault)
        {
            exchange.Text(StatusCodes.Status400BadRequest, fault);
            return;
        }

        bool replace = exchange.Query.Get("replace-existing-checks") is "" or "true";
        await AgentRequests.LeaveConnectionThread();
        string? refusal = agent.AddService(
            ServiceRegistration.ToService(definition), ServiceRegistration.ChecksOf(definition), exchange.Token(),
            DefinitionSource.Remote, persist: true, replace);
        if (refusal is null) await agent.Syncer.SyncChangesNowAsync(CancellationToken.None);
        exchange.Finish(refusal);
    }

    private async ValueTask DeregisterAsync(HttpExchange exchange)
    {
        if (exchange.RefusesNamespace()) return;
        await AgentRequests.LeaveConnectionThread();
        string? fault = agent.RemoveService(exchange.Argument);
        if (fault is null) await agent.Syncer.SyncChangesNowAsync(CancellationToken.None);
        exchange.Finish(fault);
    }

    private async ValueTask MaintainAsync(HttpExchange exchange)
    {
        string id = exchange.Argument;
        if (id.Length == 0)
        {
            exchange.Text(StatusCodes.Status400BadRequest, "Missing service ID");
            return;
        }

        if (!exchange.TryReadEnable(out bool enable) || exchange.RefusesNamespace()) return;
        if (!agent.State.ServiceExists(id))
        {
            exchange.NotFound($"No service registered with ID {GoDuration.Quote(id)}");
            return;
        }

        await AgentRequests.LeaveConnectionThread();
        string? fault = enable
            ? agent.EnableServiceMaintenance(id, exchange.Query.Get("reason") ?? "", exchange.Token())
            : agent.DisableServiceMaintenance(id);
        if (fault is null) await agent.Syncer.SyncChangesNowAsync(CancellationToken.None);
        exchange.Finish(fault);
    }

    private static bool TryDecode(ReadOnlyMemory<byte> body, out ServiceDefinition? definition, out string error)
    {
        definition = null;
        if (!JsonInput.TryParse(body, out JsonElement root, out error)) return false;
        var fields = new JsonFields(root, "ServiceDefinition");
        definition = DefinitionInput.Service(fields);
        error = fields.Finish() ?? "";
        return error.Length == 0;
    }

    private static ServiceDefinition WithoutEmptyChecks(ServiceDefinition definition) => definition with
    {
        Check = definition.Check == NoCheck ? null : definition.Check,
        Checks = [.. definition.Checks.Where(static check => check != NoCheck)],
    };

    private static string? Fault(ServiceDefinition definition)
    {
        if (definition.Name.Length == 0) return "Missing service name";
        if (definition.Address is "0.0.0.0" or "::" or "[::]") return "Invalid service address";
        if (DefinitionRules.WeightsFault(definition.Weights) is { } weights) return $"Invalid Weights: {weights}";
        if (DefinitionRules.MetadataFault(definition.Meta, allowReserved: false) is { } meta) return $"Invalid Service Meta: {meta}";
        if (ServiceKindRules.Check(ServiceRegistration.ToJudge(definition)) is { } mesh) return mesh;
        foreach (CheckDefinition check in definition.AllChecks)
        {
            if (AgentRequests.CheckFault(check) is { } fault) return fault;
            if (check.Status.Length > 0 && !AgentRequests.IsStatus(check.Status))
            {
                return "Status for checks must 'passing', 'warning', 'critical'";
            }
        }

        return definition.Connect?.SidecarService is null
            ? null : "Invalid SidecarService: sidecar registrations are not supported by this agent";
    }
}
