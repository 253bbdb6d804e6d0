using System.Buffers;
using System.IO.Pipelines;
using System.Net;

namespace Consul.Fast.Net.Rpc;

/// <summary>
/// A call that a method has to answer. One object per stream, used for its calls one after the other: a method must not
/// keep it after its task has ended.
/// </summary>
public sealed class RpcCall
{
    private readonly IRpcStream _stream;
    private readonly RpcMessageReader _reader;
    private readonly PipeWriter _output;
    private readonly ReplyShare _replies;
    private ReadOnlyMemory<byte> _encodedName;

    internal RpcCall(
        IRpcStream stream,
        RpcMessageReader reader,
        PipeWriter output,
        IPEndPoint remote,
        ReplyShare replies,
        CancellationToken cancellation)
    {
        _replies = replies;
        _stream = stream;
        _reader = reader;
        _output = output;
        Remote = remote;
        Cancellation = cancellation;
    }

    /// <summary>The request: one whole msgpack value in one piece. Valid until <see cref="ReleaseBody"/> or the end of the call.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>The caller's number of the call.</summary>
    public ulong Seq { get; private set; }

    public IPEndPoint Remote { get; }

    /// <summary>Ends with the server only: a caller that goes away does not cancel what it started.</summary>
    public CancellationToken Cancellation { get; }

    internal bool IsAnswered { get; private set; }

    /// <summary>True when nothing may follow on the stream.</summary>
    internal bool ClosesStream { get; private set; }

    /// <summary>
    /// False while peers, this one or all together, leave too many answers untaken: a method then awaits
    /// <see cref="WhenReplyRoomAsync"/> before it answers.
    /// </summary>
    public bool HasReplyRoom => _replies.HasRoom;

    /// <summary>
    /// True when the caller has gone. Looked at before anything is encoded: when a connection with many waiting calls ends,
    /// their answers must not all be made for nobody. A method that finds it so calls <see cref="Abandon"/> instead.
    /// </summary>
    public bool IsAbandoned => _stream.IsBroken;

    /// <summary>Completes once there is room for an answer.</summary>
    public Task WhenReplyRoomAsync() => _replies.WhenRoomAsync(Cancellation);

    /// <summary>Writes the header of a success; the method writes exactly one msgpack value to what is returned.</summary>
    public IBufferWriter<byte> Succeed()
    {
        BeginAnswer();
        RpcHeaders.WriteSuccess(_output, Seq, _encodedName.Span);
        return _output;
    }

    /// <summary>Answers with an error text; the stream stays open for the next call.</summary>
    public void Fail(string error)
    {
        ArgumentNullException.ThrowIfNull(error);
        BeginAnswer();
        // An empty text means success to the caller.
        RpcHeaders.WriteFailure(_output, Seq, _encodedName.Span, error.Length == 0 ? RpcErrors.EmptyText : error);
    }

    /// <summary>Leaves the call without an answer, because it <see cref="IsAbandoned"/>.</summary>
    public void Abandon()
    {
        BeginAnswer();
        ClosesStream = true;
    }

    /// <summary>Answers with an error text and closes the stream: the request made no sense.</summary>
    public void Reject(string error)
    {
        ClosesStream = true;
        Fail(error);
    }

    /// <summary>Answers that the body cannot be decoded, and closes the stream.</summary>
    public void RejectBody() => Reject(RpcErrors.UndecodableBody(Body.Span));

    /// <summary>Gives the memory of <see cref="Body"/> back early; for methods that wait after they have decoded it.</summary>
    public void ReleaseBody()
    {
        Body = default;
        _reader.Release();
    }

    internal void Begin(ulong seq, ReadOnlyMemory<byte> encodedName, ReadOnlyMemory<byte> body)
    {
        Seq = seq;
        _encodedName = encodedName;
        Body = body;
        IsAnswered = false;
    }

    private void BeginAnswer()
    {
        if (IsAnswered) throw new InvalidOperationException("A call is answered once.");
        IsAnswered = true;
    }
}
