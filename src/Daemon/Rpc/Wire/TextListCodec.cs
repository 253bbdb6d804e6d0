using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Replies of Status.Peers and Catalog.ListDatacenters: a list of texts, which Consul cannot read as nil.</summary>
internal static class TextListCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<IReadOnlyList<string>> reply) =>
        MsgPackCollections.WriteStrings(writer, reply.Value);

    public static RpcResult<IReadOnlyList<string>> Read(ref MsgPackReader reader) =>
        RpcResult<IReadOnlyList<string>>.Ok(MsgPackCollections.ReadStrings(ref reader) ?? []);
}
