using System.Text.Json;
using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Cli;

/// <summary><c>consul maint</c>: switches maintenance of the node or of a service, or shows what is in maintenance.</summary>
internal sealed class MaintCommand : ClientCommand
{
    private const string NodeCheck = "_node_maintenance";
    private const string ServiceCheckPrefix = "_service_maintenance:";

    private readonly Flag<bool> _disable;
    private readonly Flag<bool> _enable;
    private readonly Flag<string> _reason;
    private readonly Flag<string> _service;

    public MaintCommand()
        : base(ClientFlagSets.Client)
    {
        _disable = Flags.Bool("disable", "Disable maintenance mode.");
        _enable = Flags.Bool("enable", "Enable maintenance mode.");
        _reason = Flags.String("reason", "Text describing the maintenance reason.");
        _service = Flags.String("service", "Control maintenance mode for a specific service ID.");
    }

    public override string Name => "maint";

    public override string Synopsis => "Controls node or service maintenance mode";

    protected override string Usage => """
        Usage: consul maint [options]

          Places a node or service into maintenance mode. During maintenance mode, the
          node or service is excluded from all queries through the DNS or API
          interfaces. Without flags the active maintenances are shown.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        bool change = _enable.Value || _disable.Value;
        if (_enable.Value && _disable.Value) return context.Fail("Only one of -enable or -disable may be provided");
        if (!_enable.Value && _reason.Value.Length > 0) return context.Fail("Reason may only be provided with -enable");
        if (!change && _service.Value.Length > 0) return context.Fail("Service requires either -enable or -disable");
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        return change ? await SwitchAsync(client, context) : await ListAsync(client, context);
    }

    private async Task<int> SwitchAsync(ConsulClient client, CommandContext context)
    {
        bool ofService = _service.Value.Length > 0;
        var query = new QueryText().Add("enable", _enable.Value ? "true" : "false").AddIf(_enable.Value, "reason", _reason.Value);
        Reply reply = await client.PutAsync(
            ofService ? "/v1/agent/service/maintenance/" + QueryText.EscapePath(_service.Value) : "/v1/agent/maintenance", query);
        string doing = _enable.Value ? "enabling" : "disabling";
        if (reply.Error is not null) return context.Fail($"Error {doing} {(ofService ? "service" : "node")} maintenance: {reply.Error}");
        string done = _enable.Value ? "enabled" : "disabled";
        context.Out.WriteLine(ofService
            ? $"Service maintenance is now {done} for {GoDuration.Quote(_service.Value)}"
            : $"Node maintenance is now {done}");
        return ExitCode.Success;
    }

    private static async Task<int> ListAsync(ConsulClient client, CommandContext context)
    {
        Reply self = await client.GetAsync("/v1/agent/self");
        if (!self.TryRead(static agent => agent.Field("Config").Text("NodeName"), out string? node, out string error))
            return context.Fail($"Error querying Consul agent: {error}");
        Reply reply = await client.GetAsync("/v1/agent/checks");
        if (!reply.TryRead(checks => ReadReasons(checks, node), out string[]? reasons, out error))
        {
            return context.Fail($"Error getting checks: {error}");
        }

        foreach (string reason in reasons) context.Out.WriteLine(reason);
        return ExitCode.Success;
    }

    /// <summary>A paragraph for the node and each service in maintenance.</summary>
    private static string[] ReadReasons(JsonElement checks, string node)
    {
        List<string> reasons = [];
        foreach (JsonProperty check in checks.Members())
        {
            string id = check.Value.Text("CheckID");
            string reason = check.Value.Text("Notes");
            if (id == NodeCheck) reasons.Add($"Node:\n  Name:   {node}\n  Reason: {reason}\n");
            else if (id.StartsWith(ServiceCheckPrefix, StringComparison.Ordinal))
            {
                reasons.Add($"Service:\n  ID:     {check.Value.Text("ServiceID")}\n  Reason: {reason}\n");
            }
        }

        return [.. reasons];
    }
}
