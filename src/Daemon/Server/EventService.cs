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
        if (await BroadcastAsync(request) is { } refused)
            return RpcResult<bool>.Fail($"1 error occurred:\n\t* error broadcasting event to segment \"\": {refused}\n\n");
        return RpcResult<bool>.Ok(true, gate.Meta(0));
    }

    private async Task<string?> BroadcastAsync(EventFireRequest request)
    {
        try
        {
            return await pool.FireEventAsync(ConsulEvents.UserPrefix + request.Name, request.Payload, canCoalesce: false);
        }
        catch (OperationCanceledException)
        {
            return PoolFaults.Stopped;
        }
    }
}
