using System.Runtime.CompilerServices;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;
using Consul.Fast.Consensus.Wire;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Consensus.Transport;

/// <summary>
/// A connection on which a peer asks: reads requests and hands them on one after the other without waiting for their
/// answers, so that one write to the disk serves several; the answers leave in order.
/// </summary>
internal sealed class RaftConnection
{
    private readonly TcpConnection _connection;
    private readonly IRaftInbox _inbox;
    private readonly TimerWheel _timers;
    private readonly ILogger _logger;
    private readonly RpcMessageReader _reader;
    private readonly AnswerQueue _answers = new();
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _readerIsLent;

    public RaftConnection(TcpConnection connection, IRaftInbox inbox, TimerWheel timers, ILogger logger)
    {
        _connection = connection;
        _inbox = inbox;
        _timers = timers;
        _logger = logger;
        _reader = new RpcMessageReader(connection.Input);
    }

    /// <summary>Serves until the peer ends or breaks the connection or sends what is no request.</summary>
    public async Task ServeAsync()
    {
        Task writing = WriteAnswersAsync();
        try
        {
            if (await ReadRequestsAsync().ConfigureAwait(false) is { } fault)
            {
                Log.UndecodableRequest(_logger, _connection.RemoteEndPoint, fault);
                _answers.End();
            }
            else
            {
                // Peers never close one direction alone: nobody waits for what is not answered yet.
                _answers.Break();
            }
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            // The peer went away, or this server stops: there is nobody to answer.
            Abort(CloseReason.FromException(exception));
        }
        finally
        {
            await writing.ConfigureAwait(false);
            if (!_readerIsLent) _reader.Close();
        }
    }

    /// <summary>Ends the connection from any thread.</summary>
    public void Abort(CloseReason reason)
    {
        _connection.Abort(reason);
        _answers.Break();
        _aborted.TrySetResult();
    }

    /// <summary>Null at the end of the peer's requests, otherwise what is wrong with the last one.</summary>
    private async Task<string?> ReadRequestsAsync()
    {
        while (true)
        {
            (RpcReadStatus status, ReadOnlyMemory<byte> message) = await ReadValueAsync(maxBytes: 1).ConfigureAwait(false);
            if (status == RpcReadStatus.End) return null;
            if (status != RpcReadStatus.Message) return "no type";
            var rpc = (RaftRpc)message.Span[0];
            _reader.Release();
            if (rpc > RaftRpc.PreVote) return $"unknown rpc type {(byte)rpc}";
            (status, message) = await ReadValueAsync(RaftWire.BytesMax(rpc)).ConfigureAwait(false);
            if (status != RpcReadStatus.Message) return $"{rpc} is {status}";
            int bytes = message.Length;
            bool decoded = RequestDecoder.TryRead(rpc, message.Span, out WireRequest request);
            _reader.Release();
            if (!decoded) return $"{rpc} has other fields";
            if (await _answers.ReserveAsync(bytes).ConfigureAwait(false) is not { } slot) return null;
            if (rpc == RaftRpc.InstallSnapshot)
            {
                if (!await ReceiveSnapshotAsync(request, slot).ConfigureAwait(false)) return "configuration of the snapshot is none";
            }
            else if (request.IsSupported)
            {
                _inbox.OnRequest(request.Request, slot);
            }
            else
            {
                _answers.Answer(slot, null, RaftWire.UnsupportedProtocol);
            }
        }
    }

    /// <summary>All bytes of the state are taken before the answer, also when it is a refusal.</summary>
    /// <returns>False when nothing can be made of the request.</returns>
    private async Task<bool> ReceiveSnapshotAsync(WireRequest wire, ReplySlot slot)
    {
        var request = (SnapshotRequest)wire.Request;
        using SnapshotStateStream state = new(_connection, _reader, _timers, wire.Size);
        (RaftResponse? Response, string? Error) answer;
        if (!wire.IsSupported)
        {
            answer = (null, RaftWire.UnsupportedProtocol);
        }
        else if (wire.SnapshotVersion > RaftWire.SnapshotVersion)
        {
            answer = (new SnapshotResponse(_inbox.Term, Success: false), RaftWire.UnsupportedSnapshot(wire.SnapshotVersion));
        }
        else if (!wire.HasConfiguration)
        {
            // Terms only grow: what is old is old whatever it holds.
            if (request.Term >= _inbox.Term) return false;
            answer = (new SnapshotResponse(_inbox.Term, Success: false), null);
        }
        else
        {
            answer = await HandOnAsync(request, state).ConfigureAwait(false);
        }

        await state.SkipAsync().ConfigureAwait(false);
        _answers.Answer(slot, answer.Response, answer.Error);
        return true;
    }

    private async Task<(RaftResponse? Response, string? Error)> HandOnAsync(SnapshotRequest request, SnapshotStateStream state)
    {
        SnapshotReply reply = new();
        _readerIsLent = true;
        _inbox.OnSnapshot(request, state, reply);
        // A node that stops may leave the request unanswered, with the stream still in its hands.
        await Task.WhenAny(reply.Task, _aborted.Task).ConfigureAwait(false);
        if (!reply.Task.IsCompleted) throw new IOException("connection closed");
        _readerIsLent = false;
        return await reply.Task.ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(RpcReadStatus Status, ReadOnlyMemory<byte> Message)> ReadValueAsync(long maxBytes)
    {
        RpcReadStatus status;
        ReadOnlyMemory<byte> message;
        while ((status = _reader.Read(maxBytes, out message)) == RpcReadStatus.NeedMore)
        {
            _reader.Accept(await _connection.Input.ReadAsync().ConfigureAwait(false));
        }

        return (status, message);
    }

    private async Task WriteAnswersAsync()
    {
        try
        {
            await _answers.WriteAsync(_connection.Output).ConfigureAwait(false);
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            Abort(CloseReason.FromException(exception));
        }
    }
}
