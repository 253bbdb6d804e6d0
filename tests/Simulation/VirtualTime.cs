namespace Consul.Fast.Simulation.Tests;

/// <summary>A clock that jumps from event to event. Events at the same time run in the order they were planned.</summary>
internal sealed class VirtualTime
{
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _events = new();
    private long _planned;

    public TimeSpan Now { get; private set; }

    public long EventsRun { get; private set; }

    public void After(TimeSpan delay, Action action) => _events.Enqueue(action, (Now + delay, _planned++));

    /// <summary>Runs the events up to <paramref name="until"/>.</summary>
    public void RunUntil(TimeSpan until)
    {
        while (_events.TryPeek(out _, out (TimeSpan At, long Order) next) && next.At <= until)
        {
            Action action = _events.Dequeue();
            Now = next.At;
            EventsRun++;
            action();
        }

        Now = until;
    }
}
