using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Wire;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Consensus.Transport;

/// <summary>A connection on which this server asks. One loop writes and one reads; deadlines may be set from both.</summary>
/// <param name="address">What was dialled.</param>
internal sealed class PeerConnection(TcpConnection connection, string address, TimerWheel timers) : TimerEntry, IAsyncDisposable
{
    private static readonly CloseReason TimedOut = new(CloseKind.Timeout, "i/o timeout");

    private readonly RpcMessageReader _reader = new(connection.Input);
    private readonly Lock _gate = new();
    private long _writeBy;
    private long _answerBy;
    private long _wakeAt;

    public string Address => address;

    public PipeWriter Output => connection.Output;

    public bool IsBroken => connection.CloseReason is not null;

    /// <summary>When it came to rest; for the owner of the idle ones.</summary>
    public long IdleSince { get; set; }

    /// <summary>Why the connection ended, in the words of the log.</summary>
    public string ReasonText => connection.CloseReason?.Text ?? "connection closed";

    public bool HasTimedOut => connection.CloseReason?.Kind == CloseKind.Timeout;

    /// <summary>The connection is aborted unless what was begun ends in time; null ends the wait.</summary>
    public void LimitWrite(TimeSpan? limit) => Limit(ref _writeBy, limit);

    /// <inheritdoc cref="LimitWrite"/>
    public void LimitAnswer(TimeSpan? limit) => Limit(ref _answerBy, limit);

    /// <summary>The same, unless an answer is waited for already.</summary>
    public void BeginAnswer(TimeSpan limit)
    {
        lock (_gate)
        {
            if (_answerBy == 0) Limit(ref _answerBy, limit);
        }
    }

    public void Abort(CloseReason reason) => connection.Abort(reason);

    /// <summary>Aborts for what reading or writing threw; an earlier reason stays.</summary>
    public void Abort(Exception exception) => connection.Abort(CloseReason.FromException(exception));

    /// <summary>Reads the answer to the oldest request that has none. Throws when the connection breaks.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<PeerAnswer> ReadAnswerAsync(RaftRpc rpc)
    {
        (RpcReadStatus status, ReadOnlyMemory<byte> message) = await ReadValueAsync().ConfigureAwait(false);
        if (status == RpcReadStatus.End) return PeerAnswer.NoByte;
        if (status != RpcReadStatus.Message || !ResponseCodec.TryReadError(message.Span, out string error)) return PeerAnswer.Undecodable;
        _reader.Release();
        (status, message) = await ReadValueAsync().ConfigureAwait(false);
        if (status != RpcReadStatus.Message) return PeerAnswer.Undecodable;
        bool decoded = ResponseCodec.TryRead(rpc, message.Span, out RaftResponse response);
        _reader.Release();
        return decoded ? new PeerAnswer(AnswerKind.Answered, response, error) : PeerAnswer.Undecodable;
    }

    public async ValueTask DisposeAsync()
    {
        timers.Cancel(this);
        _reader.Close();
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    protected override void OnTimer()
    {
        lock (_gate)
        {
            long next = Next();
            long now = Environment.TickCount64;
            _wakeAt = next > now ? next : 0;
            if (next == 0) return;
            if (next > now)
            {
                timers.Schedule(this, TimeSpan.FromMilliseconds(next - now));
                return;
            }
        }

        connection.Abort(TimedOut);
    }

    /// <summary>The timer is only moved forward: a deadline that has been met is found out when it fires.</summary>
    private void Limit(ref long deadline, TimeSpan? limit)
    {
        lock (_gate)
        {
            if (limit is not { } wait)
            {
                deadline = 0;
                return;
            }

            deadline = Environment.TickCount64 + (long)wait.TotalMilliseconds;
            if (_wakeAt != 0 && _wakeAt <= deadline) return;
            _wakeAt = deadline;
            timers.Schedule(this, wait);
        }
    }

    private long Next() => _writeBy == 0 || (_answerBy != 0 && _answerBy < _writeBy) ? _answerBy : _writeBy;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(RpcReadStatus Status, ReadOnlyMemory<byte> Message)> ReadValueAsync()
    {
        RpcReadStatus status;
        ReadOnlyMemory<byte> message;
        while ((status = _reader.Read(RaftWire.AnswerBytesMax, out message)) == RpcReadStatus.NeedMore)
        {
            _reader.Accept(await connection.Input.ReadAsync().ConfigureAwait(false));
        }

        return (status, message);
    }
}

internal enum AnswerKind
{
    /// <summary>The connection is over and not a byte of the answer came.</summary>
    NoByte,

    /// <summary>What came is no answer.</summary>
    Undecodable,
    Answered,
}

/// <param name="Error">Text of the peer, empty for none.</param>
internal readonly record struct PeerAnswer(AnswerKind Kind, RaftResponse? Response, string Error)
{
    public static readonly PeerAnswer NoByte = new(AnswerKind.NoByte, null, "EOF");
    public static readonly PeerAnswer Undecodable = new(AnswerKind.Undecodable, null, "answer cannot be decoded");
}
