using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Wire;

namespace Consul.Fast.Consensus.Transport;

/// <summary>
/// The answers of one connection, in the order of the requests whatever the order in which they become known. What is
/// known at a time leaves in one write.
/// </summary>
/// <remarks>
/// One loop reserves places (<see cref="ReserveAsync"/>), anybody answers, and one loop writes (<see cref="WriteAsync"/>).
/// </remarks>
internal sealed class AnswerQueue
{
    /// <summary>Requests whose answers are outstanding; as many as a peer's pipeline has.</summary>
    private const int RequestsMax = 128;

    /// <summary>Bytes of requests whose answers are outstanding; one larger request alone is let through.</summary>
    private const long BytesMax = 64 << 20;

    private readonly Lock _gate = new();
    private readonly Queue<ReplySlot> _waiting = new();
    private readonly Stack<ReplySlot> _free = new();
    private readonly WakeSignal _answered = new();
    private readonly WakeSignal _room = new();
    private long _bytes;
    private bool _ended;
    private bool _broken;

    /// <summary>A place for the next request; waits while too much is outstanding. Null when the connection is over.</summary>
    /// <param name="bytes">Length of the request.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReplySlot?> ReserveAsync(long bytes)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_broken) return null;
                if (_waiting.Count == 0 || (_waiting.Count < RequestsMax && _bytes + bytes <= BytesMax)) return Take(bytes);
            }

            await _room.WaitAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Thread safe; never blocks for long.</summary>
    public void Answer(ReplySlot slot, RaftResponse? response, string? error)
    {
        bool isNext;
        lock (_gate)
        {
            slot.Fill(response, error);
            isNext = _waiting.TryPeek(out ReplySlot? next) && next == slot;
        }

        if (isNext) _answered.Set();
    }

    /// <summary>No request follows: the writing loop ends after the last answer.</summary>
    public void End()
    {
        lock (_gate) _ended = true;
        _answered.Set();
    }

    /// <summary>The connection is gone: both loops end at once.</summary>
    public void Break()
    {
        lock (_gate) _broken = true;
        _answered.Set();
        _room.Set();
    }

    /// <summary>Writes answers until the last one, or until the connection breaks, which is thrown.</summary>
    public async Task WriteAsync(PipeWriter output)
    {
        while (true)
        {
            bool any = false;
            while (TryTakeAnswered(out ReplySlot? slot))
            {
                ResponseCodec.Write(output, slot.Response, slot.Error);
                Release(slot);
                any = true;
            }

            if (any)
            {
                await output.FlushAsync().ConfigureAwait(false);
                continue;
            }

            if (IsOver()) return;
            await _answered.WaitAsync().ConfigureAwait(false);
        }
    }

    private ReplySlot Take(long bytes)
    {
        if (!_free.TryPop(out ReplySlot? slot)) slot = new ReplySlot(this);
        slot.Bytes = bytes;
        _bytes += bytes;
        _waiting.Enqueue(slot);
        return slot;
    }

    private bool TryTakeAnswered([NotNullWhen(true)] out ReplySlot? slot)
    {
        lock (_gate)
        {
            if (!_waiting.TryPeek(out slot) || !slot.IsAnswered) return false;
            _waiting.Dequeue();
            return true;
        }
    }

    private void Release(ReplySlot slot)
    {
        lock (_gate)
        {
            _bytes -= slot.Bytes;
            slot.Clear();
            _free.Push(slot);
        }

        _room.Set();
    }

    private bool IsOver()
    {
        lock (_gate) return _broken || (_ended && _waiting.Count == 0);
    }
}
