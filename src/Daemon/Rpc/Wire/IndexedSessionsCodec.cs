using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Replies of Session.List and NodeSessions, and of Session.Get and Renew with at most one session.</summary>
internal static class IndexedSessionsCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<IReadOnlyList<Session>> reply) =>
        Indexed.WriteList(writer, "Sessions"u8, reply, SessionCodec.Write);

    public static RpcResult<IReadOnlyList<Session>> Read(ref MsgPackReader reader) =>
        Indexed.ReadList(ref reader, "Sessions"u8, SessionCodec.Read);

    public static void WriteOne(MsgPackWriter writer, RpcResult<Session?> reply) =>
        Indexed.WriteRow(writer, "Sessions"u8, reply, SessionCodec.Write);

    public static RpcResult<Session?> ReadOne(ref MsgPackReader reader) => Indexed.ReadRow(ref reader, "Sessions"u8, SessionCodec.Read);
}
