using System.Globalization;
using System.Text.Json;
using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Cli.Operator;

/// <summary><c>consul operator autopilot get-config</c>: the settings by which the leader manages the servers.</summary>
internal sealed class OperatorAutopilotGetConfigCommand : OperatorCommand
{
    public override string Name => "operator autopilot get-config";

    public override string Synopsis => "Display the current Autopilot configuration";

    protected override string Usage => """
        Usage: consul operator autopilot get-config [options]

          Displays the current Autopilot configuration.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        Reply reply = await client.GetAsync("/v1/operator/autopilot/configuration", new QueryText().AddIf(Shared.Stale, "stale"));
        if (!reply.TryRead(Describe, out string? text, out string error))
            return context.Fail($"Error querying Autopilot configuration: {error}");
        context.Out.WriteLine(text);
        return ExitCode.Success;
    }

    private static string Describe(JsonElement root) => string.Join('\n',
    [
        $"CleanupDeadServers = {Flag(root, "CleanupDeadServers")}",
        $"LastContactThreshold = {root.Text("LastContactThreshold")}",
        $"MaxTrailingLogs = {Number(root, "MaxTrailingLogs")}",
        $"MinQuorum = {Number(root, "MinQuorum")}",
        $"ServerStabilizationTime = {root.Text("ServerStabilizationTime")}",
        $"RedundancyZoneTag = {GoDuration.Quote(root.Text("RedundancyZoneTag"))}",
        $"DisableUpgradeMigration = {Flag(root, "DisableUpgradeMigration")}",
        $"UpgradeVersionTag = {GoDuration.Quote(root.Text("UpgradeVersionTag"))}",
    ]);

    private static string Flag(JsonElement root, string name) => root.Flag(name) ? "true" : "false";

    private static string Number(JsonElement root, string name) => root.Number(name).ToString(CultureInfo.InvariantCulture);
}
