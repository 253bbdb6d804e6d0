using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>The body of a change of the autopilot's settings: what is absent is set to nothing.</summary>
internal static class AutopilotInput
{
    private const string TypeName = "AutopilotConfiguration";

    /// <param name="lenient">Drop fields that nobody knows, as a client does with what a newer server tells.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> body, out AutopilotConfiguration configuration, out string error, bool lenient = false)
    {
        configuration = new AutopilotConfiguration();
        if (!JsonInput.TryParse(body, out JsonElement root, out error)) return false;
        JsonFields fields = new JsonFields(root, root.ValueKind == JsonValueKind.Object ? TypeName : "api." + TypeName).StrictDurations();
        if (lenient) fields.Lenient();
        configuration = new AutopilotConfiguration
        {
            CleanupDeadServers = fields.Bool("CleanupDeadServers"),
            LastContactThresholdNs = fields.DurationNs("LastContactThreshold"),
            MaxTrailingLogs = fields.UInt64("MaxTrailingLogs"),
            MinQuorum = fields.UInt("MinQuorum"),
            ServerStabilizationTimeNs = fields.DurationNs("ServerStabilizationTime"),
            RedundancyZoneTag = fields.String("RedundancyZoneTag"),
            DisableUpgradeMigration = fields.Bool("DisableUpgradeMigration"),
            UpgradeVersionTag = fields.String("UpgradeVersionTag"),
        };
        // Clients send back what they were given; the indexes are the server's.
        _ = fields.UInt64("CreateIndex");
        _ = fields.UInt64("ModifyIndex");
        error = fields.Finish() ?? "";
        return error.Length == 0;
    }
}
