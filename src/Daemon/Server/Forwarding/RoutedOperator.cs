using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>Where calls of operators run. Thread safe.</summary>
internal sealed class RoutedOperator(CallRoutes routes, IOperator local) : IOperator
{
    private readonly RoutedRead<DcSpecificRequest, RaftConfiguration> _raftConfiguration =
        routes.Read(OperatorMethods.RaftGetConfiguration, local.RaftGetConfigurationAsync);

    private readonly RoutedWrite<RaftRemovePeerRequest, bool> _removeByAddress = routes.Write(
        OperatorMethods.RaftRemovePeerByAddress, static request => request.Datacenter, local.RaftRemovePeerByAddressAsync);

    private readonly RoutedWrite<RaftRemovePeerRequest, bool> _removeById =
        routes.Write(OperatorMethods.RaftRemovePeerById, static request => request.Datacenter, local.RaftRemovePeerByIdAsync);

    private readonly RoutedRead<DcSpecificRequest, AutopilotConfiguration> _configuration =
        routes.Read(OperatorMethods.AutopilotGetConfiguration, local.AutopilotGetConfigurationAsync);

    private readonly RoutedWrite<AutopilotRequest, bool> _setConfiguration = routes.Write(
        OperatorMethods.AutopilotSetConfiguration, static request => request.Datacenter, local.AutopilotSetConfigurationAsync);

    private readonly RoutedRead<DcSpecificRequest, AutopilotHealth> _health =
        routes.ReadOfLeader(OperatorMethods.ServerHealth, local.ServerHealthAsync);

    private readonly RoutedRead<DcSpecificRequest, AutopilotState> _state =
        routes.ReadOfLeader(OperatorMethods.AutopilotState, local.AutopilotStateAsync);

    public ValueTask<RpcResult<RaftConfiguration>> RaftGetConfigurationAsync(DcSpecificRequest request) =>
        _raftConfiguration.CallAsync(request);

    public ValueTask<RpcResult<bool>> RaftRemovePeerByAddressAsync(RaftRemovePeerRequest request) => _removeByAddress.CallAsync(request);

    public ValueTask<RpcResult<bool>> RaftRemovePeerByIdAsync(RaftRemovePeerRequest request) => _removeById.CallAsync(request);

    public ValueTask<RpcResult<AutopilotConfiguration>> AutopilotGetConfigurationAsync(DcSpecificRequest request) =>
        _configuration.CallAsync(request);

    public ValueTask<RpcResult<bool>> AutopilotSetConfigurationAsync(AutopilotRequest request) => _setConfiguration.CallAsync(request);

    public ValueTask<RpcResult<AutopilotHealth>> ServerHealthAsync(DcSpecificRequest request) => _health.CallAsync(request);

    public ValueTask<RpcResult<AutopilotState>> AutopilotStateAsync(DcSpecificRequest request) => _state.CallAsync(request);
}
