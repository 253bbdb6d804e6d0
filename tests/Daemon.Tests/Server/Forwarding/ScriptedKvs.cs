using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Server.Forwarding;

/// <summary>A store whose calls end as a test says: in an error text, or well with null.</summary>
/// <param name="answer">Given the number of the call, from 1.</param>
internal sealed class ScriptedKvs(Func<int, Task<string?>> answer) : IKvs
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public async ValueTask<RpcResult<bool>> ApplyAsync(KvsRequest request) =>
        await answer(Interlocked.Increment(ref _calls)) is { } error ? RpcResult<bool>.Fail(error) : RpcResult<bool>.Ok(true);

    public async ValueTask<RpcResult<DirEntry?>> GetAsync(KeyRequest request) =>
        await answer(Interlocked.Increment(ref _calls)) is { } error
            ? RpcResult<DirEntry?>.Fail(error)
            : RpcResult<DirEntry?>.Ok(new DirEntry { Key = [1], Value = [2] }, new QueryMeta(7, 0, KnownLeader: true));

    public ValueTask<RpcResult<IReadOnlyList<DirEntry>>> ListAsync(KeyRequest request) => throw new NotSupportedException();

    public ValueTask<RpcResult<IReadOnlyList<ReadOnlyMemory<byte>>>> ListKeysAsync(KeyListRequest request) =>
        throw new NotSupportedException();
}
