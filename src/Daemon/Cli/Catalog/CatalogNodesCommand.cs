using System.Text.Json;
using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;

namespace Consul.Fast.Daemon.Cli.Catalog;

/// <summary><c>consul catalog nodes</c>: the nodes, all of them or those with a service.</summary>
internal sealed class CatalogNodesCommand : ClientCommand
{
    private readonly Flag<bool> _detailed;
    private readonly Flag<string> _filter;
    private readonly Flag<string> _near;
    private readonly Flag<SortedDictionary<string, string>> _nodeMeta;
    private readonly Flag<string> _service;

    public CatalogNodesCommand()
        : base(ClientFlagSets.Server)
    {
        _detailed = Flags.Bool("detailed", "Output detailed information about the nodes including their addresses and metadata.");
        _filter = Flags.String("filter", "Filter `expression` to use with the request.");
        _near = Flags.String("near", "Node `name` to sort the node list by distance to. Use _agent for the agent's own node.");
        _nodeMeta = Flags.Map("node-meta", "Metadata to filter nodes with the given `key=value` pairs. May be repeated.");
        _service = Flags.String("service", "Service `id or name` to filter nodes. Only nodes which are providing it are returned.");
    }

    public override string Name => "catalog nodes";

    public override string Synopsis => "Lists all nodes in the given datacenter";

    protected override string Usage => """
        Usage: consul catalog nodes [options]

          Retrieves the list of nodes registered in a given datacenter. By default, the
          datacenter of the local agent is queried.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (TooMany(arguments, 0) is { } fault) return context.Fail(fault);
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        bool ofService = _service.Value.Length > 0;
        string path = ofService ? "/v1/catalog/service/" + QueryText.EscapePath(_service.Value) : "/v1/catalog/nodes";
        Reply reply = await client.GetAsync(path, Query());
        if (!reply.TryRead(root => Rows(root, ofService ? "NodeMeta" : "Meta"), out List<string[]>? rows, out string error))
        {
            return context.Fail($"Error listing nodes{(ofService ? " for service" : "")}: {error}");
        }

        if (rows.Count == 1) context.Error.WriteLine("No nodes match the given query - try expanding your search.");
        else context.Out.WriteLine(TextTable.Columns(rows));
        return ExitCode.Success;
    }

    private QueryText Query()
    {
        var query = new QueryText().AddIf(Shared.Stale, "stale")
            .AddIf(_near.Value.Length > 0, "near", _near.Value)
            .AddIf(_filter.Value.Length > 0, "filter", _filter.Value);
        foreach ((string key, string value) in _nodeMeta.Value) query.Add("node-meta", $"{key}:{value}");
        return query;
    }

    /// <summary>The head, and a row for each node.</summary>
    private List<string[]> Rows(JsonElement nodes, string metaField)
    {
        List<string[]> rows = [["Node", "ID", "Address", "DC"]];
        if (_detailed.Value) rows[0] = [.. rows[0], "TaggedAddresses", "Meta"];
        foreach (JsonElement node in nodes.Items())
        {
            string[] row = [node.Text("Node"), node.Text("ID"), node.Text("Address"), node.Text("Datacenter")];
            if (_detailed.Value) row = [.. row, node.Pairs("TaggedAddresses"), node.Pairs(metaField)];
            else row[1] = row[1].Split('-')[0];
            rows.Add(row);
        }

        return rows;
    }
}
