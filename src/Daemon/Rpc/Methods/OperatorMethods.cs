using Consul.Fast.Daemon.Rpc.Wire;

namespace Consul.Fast.Daemon.Rpc.Methods;

/// <summary>The service <c>Operator</c> on the wire, as far as its parts exist.</summary>
internal static class OperatorMethods
{
    public static readonly ServiceMethod<DcSpecificRequest, RaftConfiguration> RaftGetConfiguration = new(
        "Operator.RaftGetConfiguration", RpcScheduling.Inline,
        DcSpecificRequestCodec.Write, DcSpecificRequestCodec.Read, RaftConfigurationCodec.Write, RaftConfigurationCodec.Read);

    public static void AddTo(RpcRegistry registry, IOperator operators) =>
        registry.Add(RaftGetConfiguration.Serve(operators.RaftGetConfigurationAsync));
}
