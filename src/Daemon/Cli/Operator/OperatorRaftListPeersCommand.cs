using System.Text.Json;
using Consul.Fast.Daemon.Cli.Client;

namespace Consul.Fast.Daemon.Cli.Operator;

/// <summary><c>consul operator raft list-peers</c>: the servers of the Raft configuration.</summary>
internal sealed class OperatorRaftListPeersCommand : OperatorCommand
{
    public override string Name => "operator raft list-peers";

    public override string Synopsis => "Display the current Raft peer configuration";

    protected override string Usage => """
        Usage: consul operator raft list-peers [options]

          Displays the current Raft peer configuration.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        Reply reply = await client.GetAsync("/v1/operator/raft/configuration", new QueryText().AddIf(Shared.Stale, "stale"));
        if (!reply.TryRead(static root => root.Items("Servers").Select(Row).ToArray(), out string[][]? servers, out string error))
        {
            return context.Fail($"Error getting peers: Failed to retrieve raft configuration: {error}");
        }

        List<string[]> rows = [["Node", "ID", "Address", "State", "Voter", "RaftProtocol"]];
        rows.AddRange(servers);
        context.Out.WriteLine(TextTable.Columns(rows));
        return ExitCode.Success;
    }

    private static string[] Row(JsonElement server) =>
    [
        server.Text("Node"),
        server.Text("ID"),
        server.Text("Address"),
        server.Flag("Leader") ? "leader" : "follower",
        server.Flag("Voter") ? "true" : "false",
        server.Text("ProtocolVersion") is { Length: > 0 } version ? version : "<=1",
    ];
}
