using System.Globalization;
using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Cli.Operator;

/// <summary><c>consul operator autopilot state</c>: how the leader sees the servers.</summary>
internal sealed class OperatorAutopilotStateCommand : OperatorCommand
{
    private readonly Flag<string> _format;

    public OperatorAutopilotStateCommand() => _format = Flags.String("format", "Output format {pretty|json}", "pretty");

    public override string Name => "operator autopilot state";

    public override string Synopsis => "Display the current Autopilot state";

    protected override string Usage => """
        Usage: consul operator autopilot state [options]

          Displays the current Autopilot state.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        Reply reply = await client.GetAsync("/v1/operator/autopilot/state", new QueryText().AddIf(Shared.Stale, "stale"));
        bool json = _format.Value == "json";
        if (!reply.TryRead(root => json ? Indent(root) : Describe(root), out string? text, out string error))
            return context.Fail($"Error querying Autopilot state: {error}");
        if (!json && _format.Value != "pretty") return context.Fail($"Unknown format: {_format.Value}");
        context.Out.WriteLine(text);
        return ExitCode.Success;
    }

    private static string Indent(JsonElement root)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, CliJson.Indented(' ', 4))) root.WriteTo(writer);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    private static string Describe(JsonElement root)
    {
        var text = new StringBuilder();
        Line(text, "Healthy:                      ", Flag(root, "Healthy"));
        Line(text, "Failure Tolerance:            ", Number(root, "FailureTolerance"));
        Line(text, "Optimistic Failure Tolerance: ", Number(root, "OptimisticFailureTolerance"));
        Line(text, "Leader:                       ", root.Text("Leader"));
        Line(text, "Voters:", "");
        foreach (JsonElement voter in root.Items("Voters")) Line(text, "   ", voter.Text());
        Line(text, "Servers:", "");
        foreach (JsonProperty server in root.Members("Servers")) Describe(text, server.Value);
        return text.ToString();
    }

    private static void Describe(StringBuilder text, JsonElement server)
    {
        Line(text, "   ", server.Text("ID"));
        Line(text, "      Name:            ", server.Text("Name"));
        Line(text, "      Address:         ", server.Text("Address"));
        Line(text, "      Version:         ", server.Text("Version"));
        Line(text, "      Status:          ", server.Text("Status"));
        Line(text, "      Node Type:       ", server.Text("NodeType"));
        Line(text, "      Node Status:     ", server.Text("NodeStatus"));
        Line(text, "      Healthy:         ", Flag(server, "Healthy"));
        Line(text, "      Last Contact:    ", server.Text("LastContact"));
        Line(text, "      Last Term:       ", Number(server, "LastTerm"));
        Line(text, "      Last Index:      ", Number(server, "LastIndex"));
        JsonProperty[] meta = [.. server.Members("Meta")];
        if (meta.Length == 0) return;
        Line(text, "      Meta", "");
        foreach (JsonProperty pair in meta)
            Line(text, "         ", $"{GoDuration.Quote(pair.Name)}: {GoDuration.Quote(pair.Value.Text())}");
    }

    private static void Line(StringBuilder text, string label, string value) => text.Append(label).Append(value).Append('\n');

    private static string Flag(JsonElement element, string name) => element.Flag(name) ? "true" : "false";

    private static string Number(JsonElement element, string name) => element.Number(name).ToString(CultureInfo.InvariantCulture);
}
