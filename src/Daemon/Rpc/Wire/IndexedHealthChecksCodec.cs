using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Health.ChecksInState, NodeChecks and ServiceChecks.</summary>
internal static class IndexedHealthChecksCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<IReadOnlyList<HealthCheck>> reply) =>
        Indexed.WriteList(writer, "HealthChecks"u8, reply, HealthCheckCodec.Write);

    public static RpcResult<IReadOnlyList<HealthCheck>> Read(ref MsgPackReader reader) =>
        Indexed.ReadList(ref reader, "HealthChecks"u8, HealthCheckCodec.Read);
}
