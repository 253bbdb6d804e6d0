using System.Globalization;
using System.Text.Json;
using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Http;
using Consul.Fast.Daemon.Http.Areas;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Cli.Operator;

/// <summary><c>consul operator autopilot set-config</c>: changes the settings that are given and keeps the others.</summary>
internal sealed class OperatorAutopilotSetConfigCommand : OperatorCommand
{
    private const string Path = "/v1/operator/autopilot/configuration";

    private readonly Flag<bool> _cleanupDeadServers;
    private readonly Flag<ulong> _maxTrailingLogs;
    private readonly Flag<ulong> _minQuorum;
    private readonly Flag<long> _lastContactThreshold;
    private readonly Flag<long> _serverStabilizationTime;
    private readonly Flag<string> _redundancyZoneTag;
    private readonly Flag<bool> _disableUpgradeMigration;
    private readonly Flag<string> _upgradeVersionTag;

    public OperatorAutopilotSetConfigCommand()
    {
        _cleanupDeadServers = Setting(
            "cleanup-dead-servers",
            "Whether dead servers are removed once new ones have been added. Must be one of `true|false`.",
            false, AutopilotFlagParsers.Bool);
        _maxTrailingLogs = Setting(
            "max-trailing-logs", "How many log entries a server may trail the leader by before it counts as unhealthy.",
            0UL, AutopilotFlagParsers.UInt);
        _minQuorum = Setting(
            "min-quorum", "How many servers a cluster must have before autopilot may remove dead ones.", 0UL, AutopilotFlagParsers.UInt);
        _lastContactThreshold = Setting(
            "last-contact-threshold",
            "How long a server may go without contact from the leader before it counts as unhealthy, such as `200ms`.",
            0L, AutopilotFlagParsers.Duration);
        _serverStabilizationTime = Setting(
            "server-stabilization-time", "How long a server must have been healthy before it gets a vote, such as `10s`.",
            0L, AutopilotFlagParsers.Duration);
        _redundancyZoneTag = Setting(
            "redundancy-zone-tag", "(Enterprise-only) The node_meta key that tells the redundancy zone of a server.",
            "", FlagParsers.String);
        _disableUpgradeMigration = Setting(
            "disable-upgrade-migration",
            "(Enterprise-only) Whether new servers are promoted without a migration. Must be one of `true|false`.",
            false, AutopilotFlagParsers.Bool);
        _upgradeVersionTag = Setting(
            "upgrade-version-tag", "(Enterprise-only) The node_meta key that tells the version of a server during migrations.",
            "", FlagParsers.String);
    }

    public override string Name => "operator autopilot set-config";

    public override string Synopsis => "Modify the current Autopilot configuration";

    protected override string Usage => """
        Usage: consul operator autopilot set-config [options]

          Modifies the current Autopilot configuration.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        Reply present = await client.GetAsync(Path);
        if (present.Error is { } unread) return context.Fail($"Error querying Autopilot configuration: {unread}");
        if (!AutopilotInput.TryRead(present.Body, out AutopilotConfiguration configuration, out string malformed, lenient: true)
            || !present.TryRead(IndexOf, out string? index, out malformed))
        {
            return context.Fail($"Error querying Autopilot configuration: {malformed}");
        }

        Reply changed = await client.PutAsync(Path, new QueryText().Add("cas", index), Body(Merge(configuration)));
        if (changed.Error is { } error) return context.Fail($"Error setting Autopilot configuration: {error}");
        if (changed.IsTrue)
        {
            context.Out.WriteLine("Configuration updated!");
            return ExitCode.Success;
        }

        context.Out.WriteLine("Configuration could not be atomically updated, please try again");
        return ExitCode.Error;
    }

    private static string IndexOf(JsonElement root) => root.Number("ModifyIndex").ToString(CultureInfo.InvariantCulture);

    private static ByteArrayContent Body(AutopilotConfiguration configuration)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body, JsonLayout.Compact)) AutopilotJson.Write(writer, configuration);
        return new ByteArrayContent(body.ToArray());
    }

    private AutopilotConfiguration Merge(AutopilotConfiguration present) => present with
    {
        CleanupDeadServers = Given(_cleanupDeadServers, present.CleanupDeadServers),
        MaxTrailingLogs = Given(_maxTrailingLogs, present.MaxTrailingLogs),
        MinQuorum = Given(_minQuorum, present.MinQuorum),
        LastContactThresholdNs = Given(_lastContactThreshold, present.LastContactThresholdNs),
        ServerStabilizationTimeNs = Given(_serverStabilizationTime, present.ServerStabilizationTimeNs),
        RedundancyZoneTag = Given(_redundancyZoneTag, present.RedundancyZoneTag),
        DisableUpgradeMigration = Given(_disableUpgradeMigration, present.DisableUpgradeMigration),
        UpgradeVersionTag = Given(_upgradeVersionTag, present.UpgradeVersionTag),
    };

    private static T Given<T>(Flag<T> flag, T present) => flag.IsSet ? flag.Value : present;

    private Flag<T> Setting<T>(string name, string usage, T value, FlagParser<T> parse) =>
        Flags.Add(new Flag<T>(name, usage, value, "value", "", parse, shared: false));
}
