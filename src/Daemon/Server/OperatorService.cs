using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Server;

/// <summary>The Raft configuration as operators see it. Thread safe.</summary>
internal sealed class OperatorService(IServerContext server) : IOperator
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

    private RaftConfigurationServer Describe(RaftServer member, string leader)
    {
        ServerIdentity identity = server.FindServer(member.Id) ?? Unknown;
        return new RaftConfigurationServer(
            member.Id, identity.Node, member.Address, member.Address == leader, identity.RaftProtocol, member.Suffrage == Suffrage.Voter);
    }
}
