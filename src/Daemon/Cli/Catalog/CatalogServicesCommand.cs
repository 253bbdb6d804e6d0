using System.Text.Json;
using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;

namespace Consul.Fast.Daemon.Cli.Catalog;

/// <summary><c>consul catalog services</c>: the names of the services, of all nodes or of one.</summary>
internal sealed class CatalogServicesCommand : ClientCommand
{
    private const int NamePadding = 6;

    private readonly Flag<string> _node;
    private readonly Flag<SortedDictionary<string, string>> _nodeMeta;
    private readonly Flag<bool> _tags;

    public CatalogServicesCommand()
        : base(ClientFlagSets.Server | ClientFlagSets.Namespace)
    {
        _node = Flags.String("node", "Node `id or name` for which to list services.");
        _nodeMeta = Flags.Map("node-meta", "Metadata to filter nodes with the given `key=value` pairs. May be repeated.");
        _tags = Flags.Bool("tags", "Display each service's tags as a comma-separated list beside each service entry.");
    }

    public override string Name => "catalog services";

    public override string Synopsis => "Lists all registered services in a datacenter";

    protected override string Usage => """
        Usage: consul catalog services [options]

          Retrieves the list of services registered in a given datacenter. By default,
          the datacenter of the local agent is queried.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (TooMany(arguments, 0) is { } fault) return context.Fail(fault);
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        var query = new QueryText().AddIf(Shared.Stale, "stale");
        foreach ((string key, string value) in _nodeMeta.Value) query.Add("node-meta", $"{key}:{value}");
        bool ofNode = _node.Value.Length > 0;
        string path = ofNode ? "/v1/catalog/node/" + QueryText.EscapePath(_node.Value) : "/v1/catalog/services";
        Reply reply = await client.GetAsync(path, query);
        Func<JsonElement, SortedDictionary<string, SortedSet<string>>> read = ofNode ? OfNode : OfDatacenter;
        if (!reply.TryRead(read, out SortedDictionary<string, SortedSet<string>>? services, out string error))
        {
            return context.Fail($"Error listing services{(ofNode ? " for node" : "")}: {error}");
        }

        if (services.Count == 0) context.Error.WriteLine("No services match the given query - try expanding your search.");
        else context.Out.WriteLine(_tags.Value ? TagTable(services) : string.Join('\n', services.Keys));
        return ExitCode.Success;
    }

    private static SortedDictionary<string, SortedSet<string>> OfDatacenter(JsonElement root)
    {
        var services = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (JsonProperty service in root.Members()) AddTags(services, service.Name, service.Value.Items());
        return services;
    }

    private static SortedDictionary<string, SortedSet<string>> OfNode(JsonElement root)
    {
        var services = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (JsonProperty service in root.Members("Services"))
        {
            AddTags(services, service.Value.Text("Service"), service.Value.Items("Tags"));
        }

        return services;
    }

    private static void AddTags(SortedDictionary<string, SortedSet<string>> services, string name, IEnumerable<JsonElement> tags)
    {
        if (!services.TryGetValue(name, out SortedSet<string>? all))
        {
            all = new SortedSet<string>(StringComparer.Ordinal);
            services.Add(name, all);
        }

        foreach (JsonElement tag in tags) all.Add(tag.Text());
    }

    private static string TagTable(SortedDictionary<string, SortedSet<string>> services)
    {
        int width = services.Keys.Max(static name => name.Length) + NamePadding;
        return string.Join('\n', services.Select(service => service.Key.PadRight(width) + string.Join(',', service.Value))).Trim();
    }
}
