using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;

namespace Consul.Fast.Daemon.Cli.Kv;

/// <summary><c>consul kv delete</c>: one key, checked or not, or everything below a prefix.</summary>
internal sealed class KvDeleteCommand : KvCommand
{
    private readonly Flag<bool> _cas;
    private readonly Flag<ulong> _modifyIndex;
    private readonly Flag<bool> _recurse;

    public KvDeleteCommand()
    {
        _cas = Flags.Bool("cas", "Perform a Check-And-Set operation. The -modify-index flag is then required.");
        _modifyIndex = Flags.UInt("modify-index", "Unsigned integer representing the ModifyIndex of the key, for -cas.");
        _recurse = Flags.Bool("recurse", "Recursively delete all keys with the path. The default value is false.");
    }

    public override string Name => "kv delete";

    public override string Synopsis => "Removes data from the KV store";

    protected override string Usage => """
        Usage: consul kv delete [options] KEY_OR_PREFIX

          Removes the value from Consul's key-value store at the given path. If no key
          exists at the path, no action is taken.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (TooMany(arguments, 1) is { } fault) return context.Fail(fault);
        string key = CleanKey(arguments.FirstOrDefault(""));
        if (Conflict(key) is { } conflict) return context.Fail(conflict);
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;

        var query = new QueryText().AddIf(_recurse.Value, "recurse").AddIf(_cas.Value, "cas", _modifyIndex.Value.ToString());
        Reply reply = await client.DeleteAsync(PathOf(key), query);
        string what = _recurse.Value ? "prefix" : "key";
        if (reply.Error is not null) return context.Fail($"Error! Did not delete {what} {key}: {reply.Error}");
        if (_cas.Value && !reply.IsTrue) return context.Fail($"Error! Did not delete key {key}: CAS failed");
        context.Out.WriteLine(_recurse.Value ? $"Success! Deleted keys with prefix: {key}" : $"Success! Deleted key: {key}");
        return ExitCode.Success;
    }

    private string? Conflict(string key)
    {
        if (key.Length == 0 && !_recurse.Value) return "Error! Missing KEY argument";
        if (_cas.Value && _modifyIndex.Value == 0)
        {
            return "Cannot delete a key that does not exist. Provide a -modify-index greater than than 0.";
        }

        if (_modifyIndex.Value != 0 && !_cas.Value) return "Cannot specify -modify-index without -cas!";
        return _cas.Value && _recurse.Value ? "Cannot specify both -cas and -recurse!" : null;
    }
}
