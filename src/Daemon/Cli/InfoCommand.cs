using System.Text.Json;
using Consul.Fast.Daemon.Cli.Client;

namespace Consul.Fast.Daemon.Cli;

/// <summary><c>consul info</c>: the statistics of the agent, section by section.</summary>
internal sealed class InfoCommand() : ClientCommand(ClientFlagSets.Client)
{
    public override string Name => "info";

    public override string Synopsis => "Provides debugging information for operators.";

    protected override string Usage => """
        Usage: consul info [options]

          Provides debugging information for operators.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        Reply reply = await client.GetAsync("/v1/agent/self");
        if (!reply.TryRead(ReadLines, out string[]? lines, out string error)) return context.Fail($"Error querying agent: {error}");
        foreach (string line in lines) context.Out.WriteLine(line);
        return ExitCode.Success;
    }

    private static string[] ReadLines(JsonElement self) =>
    [
        .. self.Members("Stats").SelectMany(static section => section.Value.Members()
            .Select(static item => $"\t{item.Name} = {item.Value.Text()}").Prepend(section.Name + ":")),
    ];
}
