using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Server;

/// <summary>Who leads and who takes part. Thread safe.</summary>
internal sealed class StatusService(IServerContext server) : IStatus
{
    public ValueTask<RpcResult<bool>> PingAsync() => new(RpcResult<bool>.Ok(true));

    public ValueTask<RpcResult<string>> LeaderAsync(DcSpecificRequest request) =>
        new(RpcResult<string>.Ok(server.Consensus.Status.LeaderAddress));

    public ValueTask<RpcResult<IReadOnlyList<string>>> PeersAsync(DcSpecificRequest request) =>
        new(RpcResult<IReadOnlyList<string>>.Ok([.. server.Consensus.Configuration.Configuration.Servers.Select(static s => s.Address)]));

    public ValueTask<RpcResult<RaftStats>> RaftStatsAsync()
    {
        RaftStatus status = server.Consensus.Status;
        string contact = ServerStats.LastContact(status, server.Time);
        return new(RpcResult<RaftStats>.Ok(new RaftStats(contact, status.LastLogIndex, status.LastLogTerm)));
    }
}
