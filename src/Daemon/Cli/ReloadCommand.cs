using Consul.Fast.Daemon.Cli.Client;

namespace Consul.Fast.Daemon.Cli;

/// <summary><c>consul reload</c>: the agent reads its configuration again.</summary>
internal sealed class ReloadCommand() : ClientCommand(ClientFlagSets.Client)
{
    public override string Name => "reload";

    public override string Synopsis => "Triggers the agent to reload configuration files";

    protected override string Usage => """
        Usage: consul reload [options]

          Causes the agent to reload configurations. This can be used instead of sending
          the SIGHUP signal to the agent.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        Reply reply = await client.PutAsync("/v1/agent/reload");
        if (reply.Error is not null) return context.Fail($"Error reloading: {reply.Error}");
        context.Out.WriteLine("Configuration reload triggered");
        return ExitCode.Success;
    }
}
