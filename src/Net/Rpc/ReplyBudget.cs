namespace Consul.Fast.Net.Rpc;

/// <summary>
/// What encoded answers may hold in memory until their peers take them. Above it, further answers are not encoded before
/// others have left; what they are made of is shared with the state and costs nothing. Thread safe.
/// </summary>
/// <param name="totalMax">Bytes over all connections.</param>
/// <param name="connectionMax">Bytes of one connection.</param>
internal sealed class ReplyBudget(long totalMax, long connectionMax)
{
    private long _held;
    private TaskCompletionSource? _released;

    public ReplyShare NewShare() => new(this);

    internal bool HasRoomFor(long heldByConnection) =>
        heldByConnection < connectionMax && (Volatile.Read(ref _held) < totalMax || heldByConnection < ReplyShare.AlwaysMax);

    internal void Add(long bytes) => Interlocked.Add(ref _held, bytes);

    internal void Remove(long bytes)
    {
        Interlocked.Add(ref _held, -bytes);
        Interlocked.Exchange(ref _released, null)?.TrySetResult();
    }

    /// <summary>Completes with the next answer that has left.</summary>
    internal Task NextReleaseAsync()
    {
        if (Volatile.Read(ref _released) is { } present) return present.Task;
        var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _released, created, null) ?? created).Task;
    }
}

/// <summary>The part of the budget that one connection holds. Thread safe.</summary>
internal sealed class ReplyShare(ReplyBudget budget)
{
    /// <summary>A connection that holds less than this may always answer, however much others hold.</summary>
    internal const long AlwaysMax = 1024 * 1024;

    private long _held;

    public bool HasRoom => budget.HasRoomFor(Volatile.Read(ref _held));

    public void Hold(long bytes)
    {
        Interlocked.Add(ref _held, bytes);
        budget.Add(bytes);
    }

    public void Release(long bytes)
    {
        Interlocked.Add(ref _held, -bytes);
        budget.Remove(bytes);
    }

    /// <summary>Completes once there is room, on the thread pool.</summary>
    public async Task WhenRoomAsync(CancellationToken cancellation)
    {
        while (!HasRoom)
        {
            Task released = budget.NextReleaseAsync();
            // What was released between the two looks is not announced again.
            if (HasRoom) return;
            await released.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }
}
