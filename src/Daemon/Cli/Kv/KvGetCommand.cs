using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;

namespace Consul.Fast.Daemon.Cli.Kv;

/// <summary><c>consul kv get</c>: one value, a tree of values, or the names below a prefix.</summary>
internal sealed class KvGetCommand : KvCommand
{
    private readonly Flag<bool> _base64;
    private readonly Flag<bool> _detailed;
    private readonly Flag<bool> _keys;
    private readonly Flag<bool> _recurse;
    private readonly Flag<string> _separator;

    public KvGetCommand()
    {
        _base64 = Flags.Bool("base64", "Base64 encode the value. The default value is false.");
        _detailed = Flags.Bool("detailed", "Provide additional metadata about the key in addition to the value.");
        _keys = Flags.Bool("keys", "List keys which start with the given prefix, but not their values.");
        _recurse = Flags.Bool("recurse", "Recursively look at all keys prefixed with the given path.");
        _separator = Flags.String("separator", "String to use as a separator for -keys.", "/");
    }

    public override string Name => "kv get";

    public override string Synopsis => "Retrieves or lists data from the KV store";

    protected override string Usage => """
        Usage: consul kv get [options] [KEY_OR_PREFIX]

          Retrieves the value from Consul's key-value store at the given key name. If
          no key exists with that name, an error is returned. With -recurse, or -keys,
          the name is a prefix and may be left out.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (TooMany(arguments, 1) is { } fault) return context.Fail(fault);
        string key = CleanKey(arguments.FirstOrDefault(""));
        if (key.Length == 0 && !_recurse.Value && !_keys.Value) return context.Fail("Error! Missing KEY argument");
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;

        var query = new QueryText().AddIf(Shared.Stale, "stale");
        if (_keys.Value) query.Add("keys").Add("separator", _separator.Value);
        else if (_recurse.Value) query.Add("recurse");
        Reply reply = await client.GetAsync(PathOf(key), query);
        if (reply.Status == 404)
        {
            return _keys.Value || _recurse.Value ? ExitCode.Success : context.Fail($"Error! No key exists at: {key}");
        }

        return _keys.Value ? WriteNames(reply, context) : WritePairs(reply, key, context);
    }

    private static int WriteNames(Reply reply, CommandContext context)
    {
        if (!reply.TryRead(static root => root.Items().Select(static name => name.Text()).ToArray(), out string[]? names, out string error))
        {
            return context.Fail($"Error querying Consul agent: {error}");
        }

        foreach (string name in names) context.Out.WriteLine(name);
        return ExitCode.Success;
    }

    private int WritePairs(Reply reply, string key, CommandContext context)
    {
        if (!reply.TryRead(KvPair.ReadAll, out KvPair[]? pairs, out string error))
        {
            return context.Fail($"Error querying Consul agent: {error}");
        }

        if (pairs.Length == 0 && !_recurse.Value) return context.Fail($"Error! No key exists at: {key}");
        WritePairs(pairs, context);
        return ExitCode.Success;
    }

    private void WritePairs(KvPair[] pairs, CommandContext context)
    {
        for (int i = 0; i < pairs.Length; i++)
        {
            KvPair pair = pairs[i];
            if (_detailed.Value) context.Out.Write((i > 0 ? "\n" : "") + pair.DetailHead());
            else if (_recurse.Value) context.Out.Write(pair.Key + ":");
            context.RawOut.Write(pair.Shown(_base64.Value));
            context.Out.Write('\n');
        }
    }
}
