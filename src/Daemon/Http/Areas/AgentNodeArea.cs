using System.Text.Json;
using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Gossip.Membership;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>The agent itself: <c>/v1/agent/self</c>, members, maintenance, life cycle.</summary>
/// <param name="config">The configuration in force; a reload replaces it.</param>
internal sealed class AgentNodeArea(LocalAgent agent, IAgentControl control, Func<AgentConfig> config)
{
    private const string AllSegments = "_all";

    public void Map(RouteTable routes)
    {
        routes.Add("/v1/agent/self", "GET", SelfAsync);
        routes.Add("/v1/agent/members", "GET", MembersAsync);
        routes.Add("/v1/agent/maintenance", "PUT", MaintainAsync);
        routes.Add("/v1/agent/reload", "PUT", ReloadAsync);
        routes.Add("/v1/agent/leave", "PUT", LeaveAsync);
        routes.Add("/v1/agent/join/", "PUT", JoinAsync);
        routes.Add("/v1/agent/force-leave/", "PUT", ForceLeaveAsync);
        routes.Add("/v1/agent/token/", "PUT", SetTokenAsync);
        routes.Add("/v1/agent/host", "GET", HostAsync);
    }

    private async ValueTask SelfAsync(HttpExchange exchange)
    {
        await AgentRequests.LeaveConnectionThread();
        IReadOnlyList<StatGroup> stats = await AgentStats.AllAsync(agent, control);
        exchange.Json((agent, control, stats, config: config()), static (writer, value) =>
        {
            AgentConfig config = value.config;
            writer.WriteStartObject();
            writer.WriteStartObject("Config");
            writer.WriteString("Datacenter", config.Node.Datacenter);
            writer.WriteString("PrimaryDatacenter", config.Node.PrimaryDatacenter);
            writer.WriteString("NodeName", config.Node.Name);
            writer.WriteString("NodeID", value.control.Lan.Local.Tag("id"));
            writer.WriteString("Revision", "");
            writer.WriteBoolean("Server", config.Server.Enabled);
            writer.WriteString("Version", ConsulVersion.ApiLevel);
            writer.WriteEndObject();
            writer.WritePropertyName("DebugConfig");
            DebugConfigJson.Write(writer, config);
            writer.WritePropertyName("Coord");
            WriteCoordinate(writer, config.Node.DisableCoordinates);
            writer.WritePropertyName("Member");
            Write(writer, value.control.Lan.Local);
            writer.WriteStartObject("Stats");
            foreach (StatGroup group in value.stats)
            {
                writer.WriteStartObject(group.Name);
                foreach ((string name, string text) in group.Values) writer.WriteString(name, text);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteStartObject("Meta");
            foreach ((string key, string text) in value.agent.State.Metadata) writer.WriteString(key, text);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    private ValueTask MembersAsync(HttpExchange exchange)
    {
        bool wan = exchange.Query.Get("wan") is { Length: > 0 };
        string segment = exchange.Query.Get("segment") ?? "";
        if (segment.Length > 0 && segment != AllSegments)
        {
            if (wan) exchange.Text(StatusCodes.Status400BadRequest, "Cannot provide a segment with wan=true");
            else exchange.Error("Network segments are not supported in this version of Consul");
            return default;
        }

        exchange.Json(wan ? control.Wan : control.Lan, static (writer, pool) =>
        {
            if (pool is null)
            {
                writer.WriteNullValue();
                return;
            }

            writer.WriteStartArray();
            foreach (Member member in pool.Members) Write(writer, member);
            writer.WriteEndArray();
        });
        return default;
    }

    private async ValueTask MaintainAsync(HttpExchange exchange)
    {
        if (!exchange.TryReadEnable(out bool enable)) return;
        await AgentRequests.LeaveConnectionThread();
        string? fault = enable
            ? agent.EnableNodeMaintenance(exchange.Query.Get("reason") ?? "", exchange.Token())
            : agent.DisableNodeMaintenance();
        if (fault is null) await agent.Syncer.SyncChangesNowAsync(CancellationToken.None);
        exchange.Finish(fault);
    }

    private async ValueTask ReloadAsync(HttpExchange exchange)
    {
        await AgentRequests.LeaveConnectionThread();
        exchange.Finish(await control.ReloadAsync());
    }

    private async ValueTask LeaveAsync(HttpExchange exchange)
    {
        await AgentRequests.LeaveConnectionThread();
        exchange.Finish(await control.LeaveAsync());
    }

    private async ValueTask JoinAsync(HttpExchange exchange)
    {
        bool wan = exchange.Query.Get("wan") is { Length: > 0 };
        exchange.Finish(await control.JoinAsync(exchange.Argument, wan, exchange.Aborted));
    }

    private async ValueTask ForceLeaveAsync(HttpExchange exchange) =>
        exchange.Finish(await control.ForceLeaveAsync(exchange.Argument, exchange.Query.Has("prune")));

    private static ValueTask SetTokenAsync(HttpExchange exchange)
    {
        exchange.Text(StatusCodes.Status401Unauthorized, AclArea.Disabled);
        return default;
    }

    private static async ValueTask HostAsync(HttpExchange exchange)
    {
        await AgentRequests.LeaveConnectionThread();
        exchange.Json(0, static (writer, _) => HostInfoJson.Write(writer));
    }

    private static void WriteCoordinate(Utf8JsonWriter writer, bool disabled)
    {
        if (disabled)
        {
            writer.WriteNullValue();
            return;
        }

        // Where a node stands that has measured no distance yet.
        writer.WriteStartObject();
        writer.WriteStartArray("Vec");
        for (int i = 0; i < 8; i++) writer.WriteNumberValue(0);
        writer.WriteEndArray();
        writer.WriteNumber("Error", 1.5);
        writer.WriteNumber("Adjustment", 0);
        writer.WritePropertyName("Height");
        writer.WriteRawValue("0.00001"u8, skipInputValidation: true);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Member member)
    {
        writer.WriteStartObject();
        writer.WriteString("Name", member.Name);
        writer.WriteString("Addr", member.Address.ToString());
        writer.WriteNumber("Port", member.Port);
        writer.WriteStartObject("Tags");
        foreach ((string key, string value) in member.Tags) writer.WriteString(key, value);
        writer.WriteEndObject();
        writer.WriteNumber("Status", (int)member.Status);
        writer.WriteNumber("ProtocolMin", member.Protocol.Min);
        writer.WriteNumber("ProtocolMax", member.Protocol.Max);
        writer.WriteNumber("ProtocolCur", member.Protocol.Current);
        writer.WriteNumber("DelegateMin", member.Delegate.Min);
        writer.WriteNumber("DelegateMax", member.Delegate.Max);
        writer.WriteNumber("DelegateCur", member.Delegate.Current);
        writer.WriteEndObject();
    }
}
