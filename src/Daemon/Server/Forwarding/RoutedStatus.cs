using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>What a server says of itself and of the cluster as it sees it. Thread safe.</summary>
internal sealed class RoutedStatus(CallRoutes routes, IStatus local) : IStatus
{
    private readonly RoutedHere<RpcNothing, bool> _ping = routes.Here<RpcNothing, bool>(_ => local.PingAsync());

    private readonly RoutedHere<DcSpecificRequest, string> _leader = routes.InDatacenter<DcSpecificRequest, string>(local.LeaderAsync);

    private readonly RoutedHere<DcSpecificRequest, IReadOnlyList<string>> _peers =
        routes.InDatacenter<DcSpecificRequest, IReadOnlyList<string>>(local.PeersAsync);

    private readonly RoutedHere<RpcNothing, RaftStats> _stats = routes.Here<RpcNothing, RaftStats>(_ => local.RaftStatsAsync());

    public ValueTask<RpcResult<bool>> PingAsync() => _ping.CallAsync(default);

    public ValueTask<RpcResult<string>> LeaderAsync(DcSpecificRequest request) => _leader.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<string>>> PeersAsync(DcSpecificRequest request) => _peers.CallAsync(request);

    public ValueTask<RpcResult<RaftStats>> RaftStatsAsync() => _stats.CallAsync(default);
}
