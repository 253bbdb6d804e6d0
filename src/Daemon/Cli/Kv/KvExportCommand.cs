using System.Text.Json;
using Consul.Fast.Daemon.Cli.Client;

namespace Consul.Fast.Daemon.Cli.Kv;

/// <summary><c>consul kv export</c>: a tree as JSON that <c>kv import</c> reads.</summary>
internal sealed class KvExportCommand : KvCommand
{
    public override string Name => "kv export";

    public override string Synopsis => "Exports a tree from the KV store as JSON";

    protected override string Usage => """
        Usage: consul kv export [KEY_OR_PREFIX]

          Retrieves key-value pairs for the given prefix from Consul's key-value store,
          and writes a JSON representation to standard output. This can be used with
          the command "consul kv import" to move entire trees between clusters.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (TooMany(arguments, 1) is { } fault) return context.Fail(fault);
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        string prefix = CleanKey(arguments.FirstOrDefault(""));
        Reply reply = await client.GetAsync(PathOf(prefix), new QueryText().Add("recurse").AddIf(Shared.Stale, "stale"));
        KvPair[]? pairs = [];
        if (reply.Status != 404 && !reply.TryRead(KvPair.ReadAll, out pairs, out string error))
        {
            return context.Fail($"Error querying Consul agent: {error}");
        }

        Write(pairs, context.RawOut);
        context.Out.WriteLine();
        return ExitCode.Success;
    }

    private static void Write(KvPair[] pairs, Stream output)
    {
        using var json = new Utf8JsonWriter(output, CliJson.Indented('\t', 1));
        json.WriteStartArray();
        foreach (KvPair pair in pairs)
        {
            json.WriteStartObject();
            json.WriteString("key", pair.Key);
            json.WriteNumber("flags", pair.Flags);
            json.WriteBase64String("value", pair.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
