using Consul.Fast.Daemon.Cli.Client;

namespace Consul.Fast.Daemon.Cli.Snapshot;

/// <summary><c>consul snapshot restore</c>: replaces the state of the servers by that of an archive.</summary>
internal sealed class SnapshotRestoreCommand() : ClientCommand(ClientFlagSets.Server)
{
    public override string Name => "snapshot restore";

    public override string Synopsis => "Restores snapshot of Consul server state";

    protected override string Usage => """
        Usage: consul snapshot restore [options] FILE

          Restores an atomic, point-in-time snapshot of the state of the Consul servers.
          Everything that is not in the snapshot is lost.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (arguments.Length == 0) return context.Fail("Missing FILE argument");
        if (TooMany(arguments, 1) is { } fault) return context.Fail(fault);
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        try
        {
            await using FileStream archive = File.OpenRead(arguments[0]);
            using var body = new StreamContent(archive);
            Reply reply = await client.PutAsync("/v1/snapshot", new QueryText().AddIf(Shared.Stale, "stale"), body);
            if (reply.Error is not null) return context.Fail($"Error restoring snapshot: {reply.Error}");
        }
        catch (Exception broken) when (GoErrors.IsFileFault(broken))
        {
            return context.Fail($"Error opening snapshot file: {GoErrors.File("open", arguments[0], broken)}");
        }

        context.Out.WriteLine("Restored snapshot");
        return ExitCode.Success;
    }
}
