using System.Runtime.CompilerServices;

namespace Consul.Fast.Net.Rpc;

/// <summary>
/// Awaited, it continues on the thread pool. The object is its own awaiter and work item and is used again and again by one
/// loop, so a hop allocates nothing.
/// </summary>
internal sealed class ThreadPoolHop : ICriticalNotifyCompletion, IThreadPoolWorkItem
{
    private Action? _continuation;

    public bool IsCompleted => false;

    public ThreadPoolHop GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        _continuation = continuation;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        Action continuation = _continuation!;
        _continuation = null;
        continuation();
    }
}
