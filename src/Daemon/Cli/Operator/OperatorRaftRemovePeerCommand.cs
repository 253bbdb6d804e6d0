using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Cli.Operator;

/// <summary><c>consul operator raft remove-peer</c>: takes a server out of the Raft configuration.</summary>
internal sealed class OperatorRaftRemovePeerCommand : OperatorCommand
{
    private readonly Flag<string> _address;
    private readonly Flag<string> _id;

    public OperatorRaftRemovePeerCommand()
    {
        _address = Flags.String("address", "The address to remove from the Raft configuration.");
        _id = Flags.String("id", "The ID to remove from the Raft configuration.");
    }

    public override string Name => "operator raft remove-peer";

    public override string Synopsis => "Remove a Consul server from the Raft configuration";

    protected override string Usage => """
        Usage: consul operator raft remove-peer [options]

          Removes the server with the given -address or -id from the Raft configuration.

          This is for servers that are gone for good and still count in the quorum. One
          that "consul members" still shows is better removed with "consul force-leave",
          as the leader adds a server again that the pool knows to be alive.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        bool byAddress = _address.Value.Length > 0, byId = _id.Value.Length > 0;
        if (!byAddress && !byId) return context.Fail("Error removing peer: an address or id is required for the peer to remove");
        if (byAddress && byId) return context.Fail("Error removing peer: cannot give both an address and id");
        QueryText query = new QueryText().AddIf(byAddress, "address", _address.Value).AddIf(byId, "id", _id.Value);
        Reply reply = await client.DeleteAsync("/v1/operator/raft/peer", query);
        if (reply.Error is { } error) return context.Fail($"Error removing peer: {error}");
        context.Out.WriteLine(byAddress
            ? $"Removed peer with address {GoDuration.Quote(_address.Value)}"
            : $"Removed peer with id {GoDuration.Quote(_id.Value)}");
        return ExitCode.Success;
    }
}
