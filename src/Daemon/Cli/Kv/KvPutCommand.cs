using System.Text;
using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Storage.Json;

namespace Consul.Fast.Daemon.Cli.Kv;

/// <summary><c>consul kv put</c>: writes, checks-and-sets, acquires and releases.</summary>
internal sealed class KvPutCommand : KvCommand
{
    private readonly Flag<bool> _acquire;
    private readonly Flag<bool> _base64;
    private readonly Flag<bool> _cas;
    private readonly Flag<ulong> _flags;
    private readonly Flag<ulong> _modifyIndex;
    private readonly Flag<bool> _release;
    private readonly Flag<string> _session;

    public KvPutCommand()
    {
        _acquire = Flags.Bool("acquire", "Obtain a lock on the key. The -session flag is then required.");
        _base64 = Flags.Bool("base64", "Treat the data as base64 encoded. The default value is false.");
        _cas = Flags.Bool("cas", "Perform a Check-And-Set operation. Without -modify-index the key is only created, never changed.");
        _flags = Flags.UInt("flags", "Unsigned integer value to assign to this key-value pair. The default value is 0.");
        _modifyIndex = Flags.UInt("modify-index", "Unsigned integer representing the ModifyIndex of the key, for -cas.");
        _release = Flags.Bool("release", "Forfeit the lock on the key. The -session flag is then required.");
        _session = Flags.String("session", "User-defined identifier of the session that holds the lock.");
    }

    public override string Name => "kv put";

    public override string Synopsis => "Sets or updates data in the KV store";

    protected override string Usage => """
        Usage: consul kv put [options] KEY [DATA]

          Writes the data to the given path in the key-value store. The data is a
          literal, @FILE for the content of a file, or - for standard input.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (arguments.Length == 0) return context.Fail("Error! Missing KEY argument");
        if (arguments.Length > 2) return context.Fail($"Error! Too many arguments (expected 1 or 2, got {arguments.Length})");
        // Unlike a key that is looked up, one that is written is taken at its word.
        string key = arguments[0];
        (byte[] data, string? fault) = arguments.Length == 2 ? await KvData.ReadAsync(arguments[1], context) : ([], null);
        if (fault is not null) return context.Fail("Error! " + fault);
        if (_base64.Value && !JsonBase64.TryDecode(Encoding.UTF8.GetString(data), out data, out string wrong))
        {
            return context.Fail($"Error! Cannot base 64 decode data: {wrong}");
        }

        if ((_acquire.Value || _release.Value) && _session.Value.Length == 0)
        {
            return context.Fail("Error! Missing -session (required with -acquire and -release)");
        }

        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        Reply reply = key.StartsWith('/')
            ? Reply.Unreachable($"Invalid key. Key must not begin with a '/': {key}")
            : await client.PutAsync(PathOf(key), Query(), new ByteArrayContent(data));
        return Report(reply, key, context);
    }

    private QueryText Query()
    {
        var query = new QueryText().AddIf(_flags.Value != 0, "flags", _flags.Value.ToString());
        if (_cas.Value) return query.Add("cas", _modifyIndex.Value.ToString());
        if (_acquire.Value) return query.Add("acquire", _session.Value);
        return query.AddIf(_release.Value, "release", _session.Value);
    }

    private int Report(Reply reply, string key, CommandContext context)
    {
        if (_cas.Value)
        {
            if (reply.Error is not null) return context.Fail($"Error! Did not write to {key}: {reply.Error}");
            if (!reply.IsTrue && _modifyIndex.Value == 0)
            {
                return context.Fail($"Error! Did not write to {key}: CAS performed with index=0 and key already exists.");
            }

            if (!reply.IsTrue) return context.Fail($"Error! Did not write to {key}: CAS failed");
        }

        if (reply.Error is not null) return context.Fail($"Error! Failed writing data: {reply.Error}");
        bool locking = !_cas.Value && (_acquire.Value || _release.Value);
        if (locking && !reply.IsTrue) return context.Fail(_acquire.Value ? "Error! Did not acquire lock" : "Error! Did not release lock");
        context.Out.WriteLine(locking
            ? $"Success! Lock {(_acquire.Value ? "acquired" : "released")} on: {key}"
            : $"Success! Data written to: {key}");
        return ExitCode.Success;
    }
}
