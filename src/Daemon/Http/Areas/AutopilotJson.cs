using System.Text.Json;
using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>The autopilot's settings and what it sees, as the API shows them.</summary>
internal static class AutopilotJson
{
    public static void Write(Utf8JsonWriter writer, AutopilotConfiguration configuration)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("CleanupDeadServers"u8, configuration.CleanupDeadServers);
        writer.WriteString("LastContactThreshold"u8, GoDuration.Format(configuration.LastContactThresholdNs));
        writer.WriteNumber("MaxTrailingLogs"u8, configuration.MaxTrailingLogs);
        writer.WriteNumber("MinQuorum"u8, configuration.MinQuorum);
        writer.WriteString("ServerStabilizationTime"u8, GoDuration.Format(configuration.ServerStabilizationTimeNs));
        writer.WriteString("RedundancyZoneTag"u8, configuration.RedundancyZoneTag);
        writer.WriteBoolean("DisableUpgradeMigration"u8, configuration.DisableUpgradeMigration);
        writer.WriteString("UpgradeVersionTag"u8, configuration.UpgradeVersionTag);
        writer.WriteNumber("CreateIndex"u8, configuration.CreateIndex);
        writer.WriteNumber("ModifyIndex"u8, configuration.ModifyIndex);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, AutopilotHealth health)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("Healthy"u8, health.Healthy);
        writer.WriteNumber("FailureTolerance"u8, health.FailureTolerance);
        if (health.Servers.Count == 0)
        {
            writer.WriteNull("Servers"u8);
        }
        else
        {
            writer.WriteStartArray("Servers"u8);
            foreach (AutopilotServerHealth server in health.Servers) Write(writer, server);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, AutopilotState state)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("Healthy"u8, state.Healthy);
        writer.WriteNumber("FailureTolerance"u8, state.FailureTolerance);
        // Only Enterprise servers expect more than they have.
        writer.WriteNumber("OptimisticFailureTolerance"u8, 0);
        writer.WriteStartObject("Servers"u8);
        foreach (ServerState server in state.Servers)
        {
            writer.WritePropertyName(server.Server.Id);
            Write(writer, server);
        }

        writer.WriteEndObject();
        writer.WriteString("Leader"u8, state.Leader);
        writer.WriteStartArray("Voters"u8);
        foreach (string voter in state.Voters) writer.WriteStringValue(voter);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, AutopilotServerHealth server)
    {
        writer.WriteStartObject();
        writer.WriteString("ID"u8, server.Id);
        writer.WriteString("Name"u8, server.Name);
        writer.WriteString("Address"u8, server.Address);
        writer.WriteString("SerfStatus"u8, SerfStatusText(server.SerfStatus));
        writer.WriteString("Version"u8, server.Version);
        writer.WriteBoolean("Leader"u8, server.Leader);
        writer.WriteString("LastContact"u8, GoDuration.Format(server.LastContactNs));
        writer.WriteNumber("LastTerm"u8, server.LastTerm);
        writer.WriteNumber("LastIndex"u8, server.LastIndex);
        writer.WriteBoolean("Healthy"u8, server.Healthy);
        writer.WriteBoolean("Voter"u8, server.Voter);
        writer.WriteString("StableSince"u8, GoTime.Format(GoTime.RoundToSecond(server.StableSince)));
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ServerState server)
    {
        writer.WriteStartObject();
        writer.WriteString("ID"u8, server.Server.Id);
        writer.WriteString("Name"u8, server.Server.Name);
        writer.WriteString("Address"u8, server.Server.Address);
        writer.WriteString("NodeStatus"u8, server.Server.Status);
        writer.WriteString("Version"u8, server.Server.Version);
        writer.WriteString("LastContact"u8, GoDuration.Format(server.Stats.LastContactNs));
        writer.WriteNumber("LastTerm"u8, server.Stats.LastTerm);
        writer.WriteNumber("LastIndex"u8, server.Stats.LastIndex);
        writer.WriteBoolean("Healthy"u8, server.Healthy);
        writer.WriteString("StableSince"u8, GoTime.Format(server.StableSince));
        writer.WriteBoolean("ReadReplica"u8, false);
        writer.WriteString("Status"u8, server.Standing);
        if (server.Server.Meta is { } meta)
        {
            writer.WriteStartObject("Meta"u8);
            foreach ((string key, string value) in meta) writer.WriteString(key, value);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("Meta"u8);
        }

        writer.WriteString("NodeType"u8, server.NodeType);
        writer.WriteEndObject();
    }

    private static string SerfStatusText(int status) => (MemberStatus)status switch
    {
        MemberStatus.None => "none",
        MemberStatus.Alive => "alive",
        MemberStatus.Leaving => "leaving",
        MemberStatus.Left => "left",
        MemberStatus.Failed => "failed",
        _ => "",
    };
}
