using System.Threading.Tasks.Sources;

namespace Consul.Fast.Consensus.Transport;

/// <summary>
/// Wakes one loop: a signal that comes while nobody waits is kept, several are one. Signalling never runs the loop on the
/// calling thread and allocates nothing.
/// </summary>
internal sealed class WakeSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Signalled = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private int _state;

    /// <summary>Thread safe.</summary>
    public void Set()
    {
        if (Interlocked.CompareExchange(ref _state, Signalled, Idle) != Waiting) return;
        if (Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting) _source.SetResult(true);
    }

    /// <summary>
    /// Completes after the next signal, or at once when there was one. One waiter, which then looks for its reason itself.
    /// </summary>
    public ValueTask WaitAsync()
    {
        _source.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle) return new ValueTask(this, _source.Version);
        Interlocked.Exchange(ref _state, Idle);
        return ValueTask.CompletedTask;
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
