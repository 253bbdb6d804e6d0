using Consul.Fast.Daemon.Cli.Client;

namespace Consul.Fast.Daemon.Cli;

/// <summary><c>consul leave</c>: the agent leaves the cluster and ends.</summary>
internal sealed class LeaveCommand() : ClientCommand(ClientFlagSets.Client)
{
    public override string Name => "leave";

    public override string Synopsis => "Gracefully leaves the Consul cluster and shuts down";

    protected override string Usage => """
        Usage: consul leave [options]

          Causes the agent to gracefully leave the Consul cluster and shutdown.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (arguments.Length > 0)
        {
            context.Error.WriteLine($"Error found unexpected args: [{string.Join(' ', arguments)}]");
            context.Out.WriteLine(Help);
            return ExitCode.Error;
        }

        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        Reply reply = await client.PutAsync("/v1/agent/leave");
        if (reply.Error is not null) return context.Fail($"Error leaving: {reply.Error}");
        context.Out.WriteLine("Graceful leave complete");
        return ExitCode.Success;
    }
}
