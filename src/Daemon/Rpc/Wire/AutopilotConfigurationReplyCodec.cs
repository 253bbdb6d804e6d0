using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Operator.AutopilotGetConfiguration: the record alone.</summary>
internal static class AutopilotConfigurationReplyCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<AutopilotConfiguration> reply) =>
        AutopilotConfigurationCodec.Write(writer, reply.Value);

    public static RpcResult<AutopilotConfiguration> Read(ref MsgPackReader reader) =>
        RpcResult<AutopilotConfiguration>.Ok(AutopilotConfigurationCodec.Read(ref reader));
}
