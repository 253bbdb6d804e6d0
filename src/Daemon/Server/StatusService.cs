using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Server;

/// <summary>Who leads and who takes part. Thread safe.</summary>
internal sealed class StatusService(IServerContext server, LeaderGate gate) : IStatus
{
    public ValueTask<RpcResult<string>> LeaderAsync(DcSpecificRequest request) => new(
        gate.CheckDatacenter(request.Datacenter) is { } unreachable
            ? RpcResult<string>.Fail(unreachable)
            : RpcResult<string>.Ok(server.Consensus.Status.LeaderAddress));

    public ValueTask<RpcResult<IReadOnlyList<string>>> PeersAsync(DcSpecificRequest request) => new(
        gate.CheckDatacenter(request.Datacenter) is { } unreachable
            ? RpcResult<IReadOnlyList<string>>.Fail(unreachable)
            : RpcResult<IReadOnlyList<string>>.Ok([.. server.Consensus.Configuration.Configuration.Servers.Select(static s => s.Address)]));
}
