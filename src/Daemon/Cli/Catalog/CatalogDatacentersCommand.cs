using System.Text.Json;
using Consul.Fast.Daemon.Cli.Client;

namespace Consul.Fast.Daemon.Cli.Catalog;

/// <summary><c>consul catalog datacenters</c>: the known datacenters, nearest first.</summary>
internal sealed class CatalogDatacentersCommand() : ClientCommand(ClientFlagSets.Server)
{
    public override string Name => "catalog datacenters";

    public override string Synopsis => "Lists all known datacenters for this agent";

    protected override string Usage => """
        Usage: consul catalog datacenters [options]

          Retrieves the list of all known datacenters, sorted in ascending order based
          on the estimated median round trip time to the servers in them.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (TooMany(arguments, 0) is { } fault) return context.Fail(fault);
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        Reply reply = await client.GetAsync("/v1/catalog/datacenters");
        if (!reply.TryRead(ReadNames, out string[]? names, out string error)) return context.Fail($"Error listing datacenters: {error}");
        foreach (string name in names) context.Out.WriteLine(name);
        return ExitCode.Success;
    }

    private static string[] ReadNames(JsonElement root) => [.. root.Items().Select(static name => name.Text())];
}
