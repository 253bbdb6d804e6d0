using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>Where calls of the key-value store run. Thread safe.</summary>
internal sealed class RoutedKvs(CallRoutes routes, IKvs local) : IKvs
{
    private readonly RoutedWrite<KvsRequest, bool> _apply =
        routes.Write(KvsMethods.Apply, static request => request.Datacenter, local.ApplyAsync);

    private readonly RoutedRead<KeyRequest, DirEntry?> _get = routes.Read(KvsMethods.Get, local.GetAsync);

    private readonly RoutedRead<KeyRequest, IReadOnlyList<DirEntry>> _list = routes.Read(KvsMethods.List, local.ListAsync);

    private readonly RoutedRead<KeyListRequest, IReadOnlyList<ReadOnlyMemory<byte>>> _keys =
        routes.Read(KvsMethods.ListKeys, local.ListKeysAsync);

    public ValueTask<RpcResult<bool>> ApplyAsync(KvsRequest request) => _apply.CallAsync(request);

    public ValueTask<RpcResult<DirEntry?>> GetAsync(KeyRequest request) => _get.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<DirEntry>>> ListAsync(KeyRequest request) => _list.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<ReadOnlyMemory<byte>>>> ListKeysAsync(KeyListRequest request) => _keys.CallAsync(request);
}
