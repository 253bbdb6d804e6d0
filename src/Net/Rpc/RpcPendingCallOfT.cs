using System.Buffers;
using System.Threading.Tasks.Sources;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Net.Rpc;

/// <summary>A call of one method. What the caller awaits is this object itself, and reading the result gives it back.</summary>
internal sealed class RpcPendingCall<TRequest, TReply>(RpcMethodCall<TRequest, TReply> method)
    : RpcPendingCall, IValueTaskSource<RpcResponse<TReply>>
{
    private ManualResetValueTaskSourceCore<RpcResponse<TReply>> _core;
    private TRequest _request = default!;
    private TReply _reply = default!;

    public override RpcName Name => method.Encoded;

    /// <summary>To be awaited once.</summary>
    public ValueTask<RpcResponse<TReply>> Task => new(this, _core.Version);

    public void Begin(TRequest request) => _request = request;

    public override void WriteRequest(IBufferWriter<byte> output) => method.Encode(new MsgPackWriter(output), _request);

    public override bool TryTakeReply(ReadOnlySpan<byte> body)
    {
        var reader = new MsgPackReader(body);
        _reply = method.Decode(ref reader);
        if (reader.Failed) _reply = default!;
        return !reader.Failed;
    }

    public override void Fault(Exception exception) => _core.SetException(exception);

    public RpcResponse<TReply> GetResult(short token)
    {
        // After an exception, a defect of an encoder, the object is not used again.
        RpcResponse<TReply> response = _core.GetResult(token);
        _core.Reset();
        _request = default!;
        _reply = default!;
        method.Return(this);
        return response;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    protected override void Complete() => _core.SetResult(new RpcResponse<TReply>(Outcome, _reply, Error));
}
