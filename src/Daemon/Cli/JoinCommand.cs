using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;

namespace Consul.Fast.Daemon.Cli;

/// <summary><c>consul join</c>: the agent joins a pool through the agents at some addresses.</summary>
internal sealed class JoinCommand : ClientCommand
{
    private readonly Flag<bool> _wan;

    public JoinCommand()
        : base(ClientFlagSets.Client) =>
        _wan = Flags.Bool("wan", "Joins a server to another server in the WAN pool.");

    public override string Name => "join";

    public override string Synopsis => "Tell Consul agent to join cluster";

    protected override string Usage => """
        Usage: consul join [options] address ...

          Lets a running Consul agent join the cluster of at least one existing member.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (arguments.Length == 0) return FailWithHelp(context, "At least one address to join must be specified.");
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        int joined = 0;
        QueryText query = new QueryText().AddIf(_wan.Value, "wan", "1");
        foreach (string address in arguments)
        {
            Reply reply = await client.PutAsync("/v1/agent/join/" + QueryText.EscapePath(address), query);
            if (reply.Error is null) joined++;
            else context.Error.WriteLine($"Error joining address '{address}': {reply.Error}");
        }

        if (joined == 0) return context.Fail("Failed to join any nodes.");
        context.Out.WriteLine($"Successfully joined cluster by contacting {joined} nodes.");
        return ExitCode.Success;
    }
}
