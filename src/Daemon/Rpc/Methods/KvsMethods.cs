using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Methods;

/// <summary>The service <c>KVS</c> on the wire.</summary>
internal static class KvsMethods
{
    public static readonly ServiceMethod<KvsRequest, bool> Apply = new(
        "KVS.Apply", RpcScheduling.Inline, KvsRequestCodec.Write, KvsRequestCodec.Read, FlagCodec.Write, FlagCodec.Read);

    public static readonly ServiceMethod<KeyRequest, DirEntry?> Get = new(
        "KVS.Get", RpcScheduling.Inline,
        KeyRequestCodec.Write, KeyRequestCodec.Read, IndexedDirEntriesCodec.WriteOne, IndexedDirEntriesCodec.ReadOne);

    public static readonly ServiceMethod<KeyRequest, IReadOnlyList<DirEntry>> List = new(
        "KVS.List", RpcScheduling.ThreadPool,
        KeyRequestCodec.Write, KeyRequestCodec.Read, IndexedDirEntriesCodec.Write, IndexedDirEntriesCodec.Read);

    public static readonly ServiceMethod<KeyListRequest, IReadOnlyList<ReadOnlyMemory<byte>>> ListKeys = new(
        "KVS.ListKeys", RpcScheduling.ThreadPool,
        KeyListRequestCodec.Write, KeyListRequestCodec.Read, IndexedKeyListCodec.Write, IndexedKeyListCodec.Read);

    public static void AddTo(RpcRegistry registry, IKvs kvs) => registry
        .Add(Apply.Serve(kvs.ApplyAsync))
        .Add(new KeyReadMethod(Get.Name, kvs.GetAsync))
        .Add(List.Serve(kvs.ListAsync))
        .Add(ListKeys.Serve(kvs.ListKeysAsync));
}
