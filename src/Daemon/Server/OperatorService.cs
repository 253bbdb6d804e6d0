using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server;

/// <summary>The Raft configuration and the autopilot as operators see them. Thread safe.</summary>
internal sealed partial class OperatorService(IServerContext server, CommandProposer commands, IAutopilot autopilot, ILogger logger)
    : IOperator
{
    private static readonly ServerIdentity Unknown = new("(unknown)", "unknown");

    public ValueTask<RpcResult<RaftConfiguration>> RaftGetConfigurationAsync(DcSpecificRequest request)
    {
        ClusterConfiguration configuration = server.Consensus.Configuration.Configuration;
        string leader = server.Consensus.Status.LeaderAddress;
        // Consul reports no index here, and tools compare the answers of different servers.
        RaftConfigurationServer[] servers = [.. configuration.Servers.Select(s => Describe(s, leader))];
        return new(RpcResult<RaftConfiguration>.Ok(new RaftConfiguration(servers, Index: 0)));
    }

    public async ValueTask<RpcResult<bool>> RaftRemovePeerByAddressAsync(RaftRemovePeerRequest request)
    {
        // Not being there is a fault here: somebody typed it, and probably wrong.
        if (Find(member => member.Address == request.Address) is not { } found)
            return RpcResult<bool>.Fail($"address {GoText.Quote(request.Address)} was not found in the Raft configuration");
        if (await autopilot.RemoveServerAsync(found.Id) is { } error)
        {
            ServerLog.RaftServerNotRemoved(logger, request.Address, error);
            return RpcResult<bool>.Fail(error);
        }

        ServerLog.RaftServerRemoved(logger, request.Address);
        return RpcResult<bool>.Ok(true);
    }

    public async ValueTask<RpcResult<bool>> RaftRemovePeerByIdAsync(RaftRemovePeerRequest request)
    {
        if (Find(member => member.Id == request.Id) is null)
            return RpcResult<bool>.Fail($"id {GoText.Quote(request.Id)} was not found in the Raft configuration");
        if (await autopilot.RemoveServerAsync(request.Id) is { } error)
        {
            ServerLog.RaftPeerNotRemoved(logger, request.Id, error);
            return RpcResult<bool>.Fail(error);
        }

        ServerLog.RaftPeerRemoved(logger, request.Id);
        return RpcResult<bool>.Ok(true);
    }

    private RaftServer? Find(Func<RaftServer, bool> isMeant) =>
        server.Consensus.Configuration.Configuration.Servers.FirstOrDefault(isMeant);

    private RaftConfigurationServer Describe(RaftServer member, string leader)
    {
        ServerIdentity identity = server.FindServer(member.Id) ?? Unknown;
        return new RaftConfigurationServer(
            member.Id, identity.Node, member.Address, member.Address == leader, identity.RaftProtocol, member.Suffrage == Suffrage.Voter);
    }
}
