using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;

namespace Consul.Fast.Daemon.Cli;

/// <summary><c>consul force-leave</c>: the pool takes a failed member as one that left.</summary>
internal sealed class ForceLeaveCommand : ClientCommand
{
    private readonly Flag<bool> _prune;

    public ForceLeaveCommand()
        : base(ClientFlagSets.Client) =>
        _prune = Flags.Bool("prune", "Remove agent completely from list of members.");

    public override string Name => "force-leave";

    public override string Synopsis => "Forces a member of the cluster to enter the \"left\" state";

    protected override string Usage => """
        Usage: consul force-leave [options] name

          Lets a failed member of the cluster count as one that left, so that nobody
          tries to reach it any longer. A member that is alive will come back by itself.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (arguments.Length != 1) return FailWithHelp(context, "A single node name must be specified to force leave.");
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        QueryText query = new QueryText().AddIf(_prune.Value, "prune", "1");
        Reply reply = await client.PutAsync("/v1/agent/force-leave/" + QueryText.EscapePath(arguments[0]), query);
        return reply.Error is null ? ExitCode.Success : context.Fail($"Error force leaving: {reply.Error}");
    }
}
