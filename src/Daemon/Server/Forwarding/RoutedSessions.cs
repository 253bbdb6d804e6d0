using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>Where calls about sessions run. Thread safe.</summary>
internal sealed class RoutedSessions(CallRoutes routes, ISessions local) : ISessions
{
    private readonly RoutedWrite<SessionRequest, string> _apply =
        routes.Write(SessionMethods.Apply, static request => request.Datacenter, local.ApplyAsync);

    private readonly RoutedRead<SessionSpecificRequest, Session?> _get = routes.Read(SessionMethods.Get, local.GetAsync);

    private readonly RoutedRead<SessionSpecificRequest, IReadOnlyList<Session>> _list = routes.Read(SessionMethods.List, local.ListAsync);

    private readonly RoutedRead<NodeSpecificRequest, IReadOnlyList<Session>> _ofNode =
        routes.Read(SessionMethods.NodeSessions, local.NodeSessionsAsync);

    /// <summary>Only the leader keeps the time of sessions: a follower would seem to renew one and let it die.</summary>
    private readonly RoutedRead<SessionSpecificRequest, Session?> _renew = routes.ReadOfLeader(SessionMethods.Renew, local.RenewAsync);

    public ValueTask<RpcResult<string>> ApplyAsync(SessionRequest request) => _apply.CallAsync(request);

    public ValueTask<RpcResult<Session?>> GetAsync(SessionSpecificRequest request) => _get.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<Session>>> ListAsync(SessionSpecificRequest request) => _list.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<Session>>> NodeSessionsAsync(NodeSpecificRequest request) => _ofNode.CallAsync(request);

    public ValueTask<RpcResult<Session?>> RenewAsync(SessionSpecificRequest request) => _renew.CallAsync(request);
}
