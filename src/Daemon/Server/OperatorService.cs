using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Server;

/// <summary>The Raft configuration as operators see it. Thread safe.</summary>
internal sealed class OperatorService(IServerContext server, LeaderGate gate) : IOperator
{
    private static readonly ServerIdentity Unknown = new("(unknown)", "unknown");

    public async ValueTask<RpcResult<RaftConfiguration>> RaftGetConfigurationAsync(DcSpecificRequest request)
    {
        if (gate.CheckDatacenter(request.Datacenter) is { } unreachable) return RpcResult<RaftConfiguration>.Fail(unreachable);
        bool local = request.AllowStale && gate.CanServeStale;
        if (!local && await gate.AwaitLeaderAsync(request.Cancellation) is { } noLeader) return RpcResult<RaftConfiguration>.Fail(noLeader);
        ClusterConfiguration configuration = server.Consensus.Configuration.Configuration;
        string leader = server.Consensus.Status.LeaderAddress;
        // Consul reports no index here, and tools compare the answers of different servers.
        return RpcResult<RaftConfiguration>.Ok(new RaftConfiguration([.. configuration.Servers.Select(s => Describe(s, leader))],
            Index: 0));
    }

    private RaftConfigurationServer Describe(RaftServer member, string leader)
    {
        ServerIdentity identity = server.FindServer(member.Id) ?? Unknown;
        return new RaftConfigurationServer(
            member.Id, identity.Node, member.Address, member.Address == leader, identity.RaftProtocol, member.Suffrage == Suffrage.Voter);
    }
}
