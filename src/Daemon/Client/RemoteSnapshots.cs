using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Client;

/// <summary>Saves and restores archives through a server of the agent's list. Thread safe.</summary>
internal sealed class RemoteSnapshots(SnapshotCaller caller, ServerList servers, OwnCalls own) : ISnapshots
{
    public async ValueTask<RpcResult<Stream>> SaveAsync(DcSpecificRequest request)
    {
        if (servers.Head is not { } server) return RpcResult<Stream>.Fail(RpcErrors.NoServers);
        if (!own.TryStart()) return RpcResult<Stream>.Fail(RpcErrors.RateLimited);
        RpcResult<Stream> saved = await caller.SaveAsync(server, request);
        if (saved.Error is not null) servers.NotifyFailed(server);
        return saved;
    }

    public async ValueTask<RpcResult<bool>> RestoreAsync(DcSpecificRequest request, Stream archive)
    {
        if (servers.Head is not { } server) return RpcResult<bool>.Fail(RpcErrors.NoServers);
        if (!own.TryStart()) return RpcResult<bool>.Fail(RpcErrors.RateLimited);
        RpcResult<bool> restored = await caller.RestoreAsync(server, request, archive);
        if (restored.Error is not null) servers.NotifyFailed(server);
        return restored;
    }
}
