using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;
using Consul.Fast.Consensus.Wire;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Consensus.Transport;

/// <summary>
/// Entries on their way to one peer: requests leave without waiting for the answers to those before them, on a connection
/// that carries nothing else. Any fault ends the connection and fails everything outstanding; the next request opens a new one.
/// </summary>
internal sealed class AppendPipeline(
    string peerId, RaftTransportSettings settings, PeerDialer dialer, IRaftInbox inbox, PeerReports reports)
{
    /// <summary>Bytes that may gather before they are sent although more requests wait.</summary>
    private const int GatherMax = 64 * 1024;

    private const string AddressChanged = "address changed";

    private readonly Lock _gate = new();
    private readonly Queue<AppendRequest> _queued = new();
    private readonly Queue<(AppendRequest Request, long Sent)> _inflight = new();
    private readonly WakeSignal _wake = new();
    private PeerConnection? _connection;
    private PeerAddress _address = new("");
    private bool _running;
    private bool _closing;

    /// <summary>Takes a request over. Does not block.</summary>
    public void Enqueue(AppendRequest request, PeerAddress address)
    {
        lock (_gate)
        {
            _address = address;
            _queued.Enqueue(request);
            if (_running)
            {
                _wake.Set();
                return;
            }

            _running = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static pipeline => _ = pipeline.RunAsync(), this, preferLocal: false);
    }

    /// <summary>Ends a connection to any other address.</summary>
    public void Leave(string address)
    {
        PeerConnection? connection;
        lock (_gate) connection = _connection;
        if (connection?.Address != address) connection?.Abort(new CloseReason(CloseKind.Local, AddressChanged));
    }

    /// <summary>Ends the connection when it has been without use since <paramref name="ticks"/>.</summary>
    public void CloseIfIdle(long ticks)
    {
        lock (_gate)
        {
            if (_connection is null || _inflight.Count > 0 || _queued.Count > 0 || _connection.IdleSince > ticks) return;
            _closing = true;
        }

        _wake.Set();
    }

    private async Task RunAsync()
    {
        string? error = await DialAndServeAsync().ConfigureAwait(false);
        List<AppendRequest> failed;
        bool again;
        lock (_gate)
        {
            // An orderly end has nothing outstanding; what came meanwhile begins anew.
            again = error is null && _queued.Count > 0;
            failed = error is null ? [] : [.. _inflight.Select(static sent => sent.Request), .. _queued];
            _inflight.Clear();
            if (!again) _queued.Clear();
            _running = again;
        }

        if (error is not null) reports.AppendFailed(error);
        foreach (AppendRequest request in failed) inbox.OnFailed(peerId, request);
        if (again) ThreadPool.UnsafeQueueUserWorkItem(static pipeline => _ = pipeline.RunAsync(), this, preferLocal: false);
    }

    /// <summary>Why the connection ended; null when it was for want of use.</summary>
    private async Task<string?> DialAndServeAsync()
    {
        PeerConnection? connection = null;
        try
        {
            PeerAddress address;
            lock (_gate) address = _address;
            (connection, string error) = await dialer.DialAsync(address).ConfigureAwait(false);
            if (connection is null) return error;
            if (address.Left.IsCompleted) return AddressChanged;
            return await ServeAsync(connection).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            reports.Fault(exception);
            return exception.Message;
        }
        finally
        {
            lock (_gate) _connection = null;
            if (connection is not null) await dialer.CloseAsync(connection).ConfigureAwait(false);
        }
    }

    private async Task<string?> ServeAsync(PeerConnection connection)
    {
        lock (_gate)
        {
            connection.IdleSince = Environment.TickCount64;
            _connection = connection;
            _closing = false;
        }

        Task reading = ReadAnswersAsync(connection);
        bool unused = false;
        try
        {
            unused = await WriteRequestsAsync(connection).ConfigureAwait(false);
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            connection.Abort(exception);
        }
        finally
        {
            connection.Abort(CloseReason.LocalClose);
            await reading.ConfigureAwait(false);
        }

        return unused ? null : connection.ReasonText;
    }

    /// <summary>True when it ended for want of use, false when the connection is broken.</summary>
    private async Task<bool> WriteRequestsAsync(PeerConnection connection)
    {
        while (!connection.IsBroken)
        {
            if (TryNext() is { } request)
            {
                await WriteAsync(connection, request).ConfigureAwait(false);
                continue;
            }

            if (connection.Output.UnflushedBytes > 0)
            {
                await FlushAsync(connection).ConfigureAwait(false);
                continue;
            }

            lock (_gate)
            {
                if (_closing && _queued.Count == 0 && _inflight.Count == 0) return true;
                _closing = false;
            }

            await _wake.WaitAsync().ConfigureAwait(false);
        }

        return false;
    }

    private AppendRequest? TryNext()
    {
        lock (_gate) return _inflight.Count < Peer.MaxInflight && _queued.TryDequeue(out AppendRequest? request) ? request : null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(PeerConnection connection, AppendRequest request)
    {
        if (EntryLoader.Load(settings.Log, request, out string error) is not { } entries)
        {
            reports.AppendFailed(error);
            inbox.OnFailed(peerId, request);
            return;
        }

        lock (_gate) _inflight.Enqueue((request, Stopwatch.GetTimestamp()));
        PipeWriter output = connection.Output;
        RequestEncoder.WriteAppendHead(output, entries.Count);
        for (int i = 0; i < entries.Count; i++)
        {
            LogEntryCodec.Write(new(output), entries[i]);
            if (output.UnflushedBytes >= GatherMax) await FlushAsync(connection).ConfigureAwait(false);
        }

        RequestEncoder.WriteAppendTail(output, request);
        reports.AppendSent(entries.Count);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FlushAsync(PeerConnection connection)
    {
        connection.LimitWrite(settings.Timeout);
        await connection.Output.FlushAsync().ConfigureAwait(false);
        connection.LimitWrite(null);
        lock (_gate)
        {
            if (_inflight.Count > 0) connection.BeginAnswer(settings.Timeout);
        }
    }

    private async Task ReadAnswersAsync(PeerConnection connection)
    {
        try
        {
            while (true)
            {
                PeerAnswer answer = await connection.ReadAnswerAsync(RaftRpc.AppendEntries).ConfigureAwait(false);
                if (answer.Kind != AnswerKind.Answered || TakeAnswered(connection) is not { } request)
                {
                    CloseReason reason = answer.Kind == AnswerKind.NoByte
                        ? CloseReason.PeerClosed
                        : new CloseReason(CloseKind.Protocol, answer.Kind == AnswerKind.Answered ? "answer to nothing" : answer.Error);
                    connection.Abort(reason);
                    break;
                }

                Deliver(request, answer);
            }
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            connection.Abort(exception);
        }
        finally
        {
            _wake.Set();
        }
    }

    private AppendRequest? TakeAnswered(PeerConnection connection)
    {
        (AppendRequest Request, long Sent) oldest;
        bool wasFull;
        lock (_gate)
        {
            wasFull = _inflight.Count >= Peer.MaxInflight;
            if (!_inflight.TryDequeue(out oldest)) return null;
            connection.LimitAnswer(_inflight.Count > 0 ? settings.Timeout : null);
            connection.IdleSince = Environment.TickCount64;
        }

        if (wasFull) _wake.Set();
        reports.AppendAnswered(oldest.Sent);
        return oldest.Request;
    }

    private void Deliver(AppendRequest request, PeerAnswer answer)
    {
        CallResult result = CallResult.Of(answer);
        if (result.Response is { } response)
        {
            inbox.OnResponse(peerId, request, response);
            return;
        }

        reports.AppendFailed(result.Error);
        inbox.OnFailed(peerId, request);
    }
}
