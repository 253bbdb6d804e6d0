using System.Text;
using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Filter.Patterns;

namespace Consul.Fast.Daemon.Cli;

/// <summary><c>consul event</c>: fires a user event.</summary>
internal sealed class EventCommand : ClientCommand
{
    private readonly Flag<string> _name;
    private readonly Flag<string> _node;
    private readonly Flag<string> _service;
    private readonly Flag<string> _tag;

    public EventCommand()
        : base(ClientFlagSets.Client)
    {
        _name = Flags.String("name", "Name of the event.");
        _node = Flags.String("node", "Regular expression that the names of the nodes must match.");
        _service = Flags.String("service", "Regular expression that the id of a service on the node must match.");
        _tag = Flags.String("tag", "Regular expression that a tag of such a service must match. Needs -service.");
    }

    public override string Name => "event";

    public override string Synopsis => "Fire a new event";

    protected override string Usage => """
        Usage: consul event [options] [payload]

          Sends a user event to the agents of a datacenter. An event has a name and
          may have a payload. Regular expressions limit it to some nodes, by their
          names, their services and the tags of those.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (_name.Value.Length == 0) return FailWithHelp(context, "Event name must be specified");
        if (FilterFault() is { } fault) return context.Fail(fault);
        if (arguments.Length > 1) return FailWithHelp(context, "Too many command line arguments.");
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        Reply self = await client.GetAsync("/v1/agent/self");
        if (!self.TryRead(static agent => agent.Field("Config").Text("NodeName"), out _, out string error))
            return context.Fail($"Error querying Consul agent: {error}");
        var query = new QueryText()
            .AddIf(_node.Value.Length > 0, "node", _node.Value)
            .AddIf(_service.Value.Length > 0, "service", _service.Value)
            .AddIf(_tag.Value.Length > 0, "tag", _tag.Value);
        using var payload = new ByteArrayContent(arguments.Length == 0 ? [] : Encoding.UTF8.GetBytes(arguments[0]));
        Reply reply = await client.PutAsync("/v1/event/fire/" + QueryText.EscapePath(_name.Value), query, payload);
        if (!reply.TryRead(static fired => fired.Text("ID"), out string? id, out error)) return context.Fail($"Error firing event: {error}");
        context.Out.WriteLine($"Event ID: {id}");
        return ExitCode.Success;
    }

    private string? FilterFault()
    {
        if (Fault("node", _node.Value) is { } node) return node;
        if (Fault("service", _service.Value) is { } service) return service;
        if (Fault("tag", _tag.Value) is { } tag) return tag;
        return _tag.Value.Length > 0 && _service.Value.Length == 0 ? "Cannot provide tag filter without service filter." : null;
    }

    private static string? Fault(string what, string filter) =>
        filter.Length == 0 || GoRegex.TryParse(filter, out _, out string error) ? null : $"Failed to compile {what} filter regexp: {error}";
}
