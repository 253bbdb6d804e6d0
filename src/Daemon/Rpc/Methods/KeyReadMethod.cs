using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.ObjectPool;

namespace Consul.Fast.Daemon.Rpc.Methods;

/// <summary>
/// The server's side of KVS.Get, the most frequent call of all: the request object is reused and the key stays in the body
/// where it came, so that a read which need not wait allocates nothing.
/// </summary>
internal sealed class KeyReadMethod(string name, Func<KeyRequest, ValueTask<RpcResult<DirEntry?>>> handle)
    : RpcMethod(name, RpcScheduling.Inline)
{
    /// <summary>Requests kept for reuse: as many as may run at the same time on a busy server.</summary>
    private const int RetainedMax = 1024;

    private readonly DefaultObjectPool<KeyRequest> _requests = new(new DefaultPooledObjectPolicy<KeyRequest>(), RetainedMax);

    public override ValueTask InvokeAsync(RpcCall call)
    {
        KeyRequest request = _requests.Get();
        if (!KeyRequestCodec.TryReadInto(call.Body, request))
        {
            call.RejectBody();
            return default;
        }

        request.Cancellation = call.Cancellation;
        if (request.MinQueryIndex > 0)
        {
            // A wait may take minutes and must not hold the buffer of the request meanwhile.
            request.Key = request.Key.ToArray();
            call.ReleaseBody();
        }

        ValueTask<RpcResult<DirEntry?>> running = handle(request);
        if (!running.IsCompletedSuccessfully || !call.HasReplyRoom) return AnswerLaterAsync(call, request, running);
        Answer(call, request, running.Result);
        return default;
    }

    private async ValueTask AnswerLaterAsync(RpcCall call, KeyRequest request, ValueTask<RpcResult<DirEntry?>> running)
    {
        RpcResult<DirEntry?> result = await running;
        if (!call.HasReplyRoom) await call.WhenReplyRoomAsync();
        Answer(call, request, result);
    }

    private void Answer(RpcCall call, KeyRequest request, in RpcResult<DirEntry?> result)
    {
        if (call.IsAbandoned) call.Abandon();
        else if (result.Error is { } error) call.Fail(error);
        else IndexedDirEntriesCodec.WriteOne(new MsgPackWriter(call.Succeed()), result);
        // What it points to goes back to the connection with the end of the call.
        request.Key = default;
        request.Cancellation = default;
        _requests.Return(request);
    }
}
