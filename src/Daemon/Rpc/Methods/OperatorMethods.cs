using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Methods;

/// <summary>The service <c>Operator</c> on the wire.</summary>
internal static class OperatorMethods
{
    public static readonly ServiceMethod<DcSpecificRequest, RaftConfiguration> RaftGetConfiguration = new(
        "Operator.RaftGetConfiguration", RpcScheduling.Inline,
        DcSpecificRequestCodec.Write, DcSpecificRequestCodec.Read, RaftConfigurationCodec.Write, RaftConfigurationCodec.Read);

    public static readonly ServiceMethod<RaftRemovePeerRequest, bool> RaftRemovePeerByAddress = RemovePeer("ByAddress");

    public static readonly ServiceMethod<RaftRemovePeerRequest, bool> RaftRemovePeerById = RemovePeer("ByID");

    public static readonly ServiceMethod<DcSpecificRequest, AutopilotConfiguration> AutopilotGetConfiguration = new(
        "Operator.AutopilotGetConfiguration", RpcScheduling.Inline,
        DcSpecificRequestCodec.Write, DcSpecificRequestCodec.Read,
        AutopilotConfigurationReplyCodec.Write, AutopilotConfigurationReplyCodec.Read);

    public static readonly ServiceMethod<AutopilotRequest, bool> AutopilotSetConfiguration = new(
        "Operator.AutopilotSetConfiguration", RpcScheduling.Inline,
        AutopilotRequestCodec.Write, AutopilotRequestCodec.Read, FlagCodec.Write, FlagCodec.Read);

    public static readonly ServiceMethod<DcSpecificRequest, AutopilotHealth> ServerHealth = new(
        "Operator.ServerHealth", RpcScheduling.Inline,
        DcSpecificRequestCodec.Write, DcSpecificRequestCodec.Read, AutopilotHealthCodec.Write, AutopilotHealthCodec.Read);

    public static readonly ServiceMethod<DcSpecificRequest, AutopilotState> AutopilotState = new(
        "Operator.AutopilotState", RpcScheduling.Inline,
        DcSpecificRequestCodec.Write, DcSpecificRequestCodec.Read, AutopilotStateCodec.Write, AutopilotStateCodec.Read);

    public static void AddTo(RpcRegistry registry, IOperator operators) => registry
        .Add(RaftGetConfiguration.Serve(operators.RaftGetConfigurationAsync))
        .Add(RaftRemovePeerByAddress.Serve(operators.RaftRemovePeerByAddressAsync))
        .Add(RaftRemovePeerById.Serve(operators.RaftRemovePeerByIdAsync))
        .Add(AutopilotGetConfiguration.Serve(operators.AutopilotGetConfigurationAsync))
        .Add(AutopilotSetConfiguration.Serve(operators.AutopilotSetConfigurationAsync))
        .Add(ServerHealth.Serve(operators.ServerHealthAsync))
        .Add(AutopilotState.Serve(operators.AutopilotStateAsync));

    private static ServiceMethod<RaftRemovePeerRequest, bool> RemovePeer(string by) => new(
        "Operator.RaftRemovePeer" + by, RpcScheduling.Inline,
        RaftRemovePeerRequestCodec.Write, RaftRemovePeerRequestCodec.Read, EmptyCodec.Write, EmptyCodec.Read);
}
