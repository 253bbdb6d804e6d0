using System.Threading.Tasks.Sources;
using Consul.Fast.Net.Timers;

namespace Consul.Fast.Storage.Watches;

/// <summary>
/// One sleeping query: its completion, its deadline and its places in the topic lists, reused for query after query.
/// All fields but the completion source are guarded by the hub's lock.
/// </summary>
internal sealed class Waiter(WatchHub hub) : TimerEntry, IValueTaskSource<WakeReason>
{
    // Continuations write whole answers: they must not run on the thread that applies the log.
    private ManualResetValueTaskSourceCore<WakeReason> _completion = new() { RunContinuationsAsynchronously = true };

    public WatchHub Hub => hub;

    public List<Subscription> Subscriptions { get; } = [];

    /// <summary>How many of <see cref="Subscriptions"/> are in use; the others are kept for the next wait.</summary>
    public int SubscriptionCount { get; set; }

    public bool Sleeping { get; set; }

    public WakeReason Reason { get; set; }

    /// <summary>Time stamp of the deadline: tells a late timer of an earlier wait from this wait's own.</summary>
    public long Deadline { get; set; }

    public CancellationTokenRegistration Cancellation { get; set; }

    public ValueTask<WakeReason> Task => new(this, _completion.Version);

    public void Complete() => _completion.SetResult(Reason);

    public WakeReason GetResult(short token)
    {
        WakeReason reason = _completion.GetResult(token);
        _completion.Reset();
        hub.Release(this);
        return reason;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _completion.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags);

    protected override void OnTimer() => hub.OnDeadline(this);

    public Subscription NextSubscription()
    {
        if (SubscriptionCount == Subscriptions.Count) Subscriptions.Add(new Subscription(this));
        return Subscriptions[SubscriptionCount++];
    }
}

/// <summary>A waiter's place in the list of one topic.</summary>
internal sealed class Subscription(Waiter waiter)
{
    public Waiter Waiter { get; } = waiter;

    public TopicList? List { get; set; }

    public Subscription? Previous { get; set; }

    public Subscription? Next { get; set; }

    public void Unsubscribe()
    {
        TopicList list = List!;
        list.Remove(this);
        if (list.First is null) list.Owner.Drop(list);
    }
}

/// <summary>The waiters of one topic, in a list that any of them leaves in constant time.</summary>
internal sealed class TopicList(TopicIndex owner, in WatchTopic topic)
{
    public TopicIndex Owner { get; } = owner;

    public WatchTopic Topic { get; } = topic;

    public Subscription? First { get; private set; }

    public void Add(Subscription subscription)
    {
        subscription.List = this;
        subscription.Previous = null;
        subscription.Next = First;
        if (First is not null) First.Previous = subscription;
        First = subscription;
    }

    public void Remove(Subscription subscription)
    {
        if (subscription.Previous is null) First = subscription.Next;
        else subscription.Previous.Next = subscription.Next;
        if (subscription.Next is not null) subscription.Next.Previous = subscription.Previous;
        subscription.List = null;
        subscription.Previous = null;
        subscription.Next = null;
    }
}
