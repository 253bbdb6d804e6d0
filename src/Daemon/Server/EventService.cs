using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Gossip.Node;

namespace Consul.Fast.Daemon.Server;

/// <summary>Fires user events in this server's datacenter on behalf of others. Thread safe.</summary>
/// <param name="pool">The LAN pool.</param>
internal sealed class EventService(IGossipPool pool, LeaderGate gate)
{
    public async ValueTask<RpcResult<bool>> FireAsync(EventFireRequest request)
    {
        if (gate.CheckDatacenter(request.Datacenter) is { } unreachable) return RpcResult<bool>.Fail(unreachable);
        bool local = request.AllowStale && gate.CanServeStale;
        if (!local && await gate.AwaitLeaderAsync(request.Cancellation) is { } noLeader) return RpcResult<bool>.Fail(noLeader);
        if (await pool.FireEventAsync(ConsulEvents.UserPrefix + request.Name, request.Payload, canCoalesce: false) is { } refused)
            return RpcResult<bool>.Fail($"1 error occurred:\n\t* error broadcasting event to segment \"\": {refused}\n\n");
        return RpcResult<bool>.Ok(true, gate.Meta(0));
    }
}
