using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Replies of KVS.List, and of KVS.Get with at most one entry.</summary>
internal static class IndexedDirEntriesCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<IReadOnlyList<DirEntry>> reply) =>
        Indexed.WriteList(writer, "Entries"u8, reply, DirEntryCodec.Write);

    public static RpcResult<IReadOnlyList<DirEntry>> Read(ref MsgPackReader reader) =>
        Indexed.ReadList(ref reader, "Entries"u8, DirEntryCodec.Read);

    public static void WriteOne(MsgPackWriter writer, RpcResult<DirEntry?> reply) =>
        Indexed.WriteRow(writer, "Entries"u8, reply, DirEntryCodec.Write);

    public static RpcResult<DirEntry?> ReadOne(ref MsgPackReader reader) => Indexed.ReadRow(ref reader, "Entries"u8, DirEntryCodec.Read);
}
