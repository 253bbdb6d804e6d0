using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>Where calls of operators run. Thread safe.</summary>
internal sealed class RoutedOperator(CallRoutes routes, IOperator local) : IOperator
{
    private readonly RoutedRead<DcSpecificRequest, RaftConfiguration> _raftConfiguration =
        routes.Read(OperatorMethods.RaftGetConfiguration, local.RaftGetConfigurationAsync);

    public ValueTask<RpcResult<RaftConfiguration>> RaftGetConfigurationAsync(DcSpecificRequest request) =>
        _raftConfiguration.CallAsync(request);
}
