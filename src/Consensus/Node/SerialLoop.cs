namespace Consul.Fast.Consensus.Node;

/// <summary>Something posted to a <see cref="SerialLoop"/>; in one queue at a time.</summary>
internal abstract class LoopItem
{
    internal LoopItem? Next;
}

/// <summary>
/// An owner of state: items posted from any thread are processed one after the other, by at most one thread, without a
/// thread of its own. Posting is one compare-and-swap and allocates nothing.
/// </summary>
internal abstract class SerialLoop : IThreadPoolWorkItem
{
    /// <summary>Rounds a borrowed thread works before it hands over to the pool.</summary>
    private const int MaxRounds = 3;

    /// <summary>Ends the chain of new items while a thread works on earlier ones.</summary>
    private static readonly LoopItem Busy = new Marker();

    private LoopItem? _head;

    void IThreadPoolWorkItem.Execute() => Run();

    /// <summary>Posts an item; the pool processes it.</summary>
    public void Post(LoopItem item)
    {
        if (TryPush(item)) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Posts an item and processes it on this thread unless another one is at work: saves a thread switch.</summary>
    public void PostInline(LoopItem item)
    {
        if (TryPush(item)) Run();
    }

    protected abstract void Process(LoopItem item);

    /// <summary>Called after all items that had arrived are processed.</summary>
    protected abstract void EndRound();

    /// <summary>An exception left <see cref="Process"/> or <see cref="EndRound"/>: a programming fault.</summary>
    protected abstract void OnFault(Exception exception);

    /// <summary>Work of the finished round that needs no ownership any more, or null. It may block without harm.</summary>
    protected virtual IThreadPoolWorkItem? TakeAfterwork() => null;

    /// <summary>True when this thread became the owner.</summary>
    private bool TryPush(LoopItem item)
    {
        LoopItem? head = Volatile.Read(ref _head);
        while (true)
        {
            item.Next = head;
            LoopItem? seen = Interlocked.CompareExchange(ref _head, item, head);
            if (seen == head) return head is null;
            head = seen;
        }
    }

    private void Run()
    {
        for (int round = 1; ; round++)
        {
            RunRound();
            IThreadPoolWorkItem? afterwork = TakeAfterwork();
            if (Interlocked.CompareExchange(ref _head, null, Busy) == Busy)
            {
                afterwork?.Execute();
                return;
            }

            if (afterwork is not null) ThreadPool.UnsafeQueueUserWorkItem(afterwork, preferLocal: false);
            if (round < MaxRounds) continue;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
    }

    private void RunRound()
    {
        try
        {
            LoopItem? item = InOrder(Interlocked.Exchange(ref _head, Busy));
            while (item is not null)
            {
                LoopItem? next = item.Next;
                item.Next = null;
                Process(item);
                item = next;
            }

            EndRound();
        }
        catch (Exception e)
        {
            OnFault(e);
        }
    }

    /// <summary>Turns the chain, newest first, into arrival order.</summary>
    private static LoopItem? InOrder(LoopItem? newest)
    {
        LoopItem? ordered = null;
        while (newest is not null && newest != Busy)
        {
            LoopItem? older = newest.Next;
            newest.Next = ordered;
            ordered = newest;
            newest = older;
        }

        return ordered;
    }

    private sealed class Marker : LoopItem;
}
