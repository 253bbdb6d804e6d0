using System.Collections.Concurrent;

namespace Consul.Fast.Gossip.Node;

/// <summary>Work of other threads for the loop. Run or cancelled, never both and never neither.</summary>
internal interface ILoopWork
{
    /// <summary>On the loop. Keeps its faults to itself.</summary>
    void Run();

    /// <summary>The loop has ended. Any thread.</summary>
    void Cancel();
}

/// <summary>A function whose result, or fault, somebody waits for.</summary>
internal sealed class LoopCall<T>(Func<T> work) : ILoopWork
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _done.Task;

    public void Run()
    {
        try
        {
            _done.SetResult(work());
        }
        catch (Exception exception) when (_done.TrySetException(exception))
        {
            // Whoever called learns of it.
        }
    }

    public void Cancel() => _done.TrySetCanceled();
}

/// <summary>
/// The queue between other threads and the loop. What peers cause is bounded where it comes in, by the number of their streams;
/// what the owner wants is bounded here.
/// </summary>
internal sealed class LoopInbox(Action wake)
{
    /// <summary>More wait only if the loop stands still, and then it is better to say so.</summary>
    private const int CallsMax = 8192;

    private readonly ConcurrentQueue<ILoopWork> _queue = new();
    private volatile bool _isClosed;

    /// <exception cref="IOException">Too much waits already.</exception>
    public void Call(ILoopWork work)
    {
        if (_queue.Count >= CallsMax) throw new IOException($"{CallsMax} requests wait for the gossip pool already");
        Add(work);
    }

    /// <summary>For work that must not get lost.</summary>
    public void Add(ILoopWork work)
    {
        _queue.Enqueue(work);
        // Either the one who closes sees the work, or the closing is seen here.
        if (_isClosed) Close();
        else wake();
    }

    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ILoopWork? work) => _queue.TryDequeue(out work);

    /// <summary>Cancels what waits and whatever will be added.</summary>
    public void Close()
    {
        _isClosed = true;
        while (_queue.TryDequeue(out ILoopWork? work)) work.Cancel();
    }
}
