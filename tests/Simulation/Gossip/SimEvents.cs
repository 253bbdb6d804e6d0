namespace Consul.Fast.Simulation.Tests.Gossip;

internal enum SimEventKind : byte
{
    /// <summary>A packet arrives.</summary>
    Packet,

    /// <summary>A node's next deadline.</summary>
    Wake,

    /// <summary>Anything else.</summary>
    Action,
}

internal readonly record struct SimEvent(TimeSpan At, long Order, SimEventKind Kind, int Node, object? Item);

/// <summary>
/// Events to come, soonest first, in planned order when at the same time. A heap of values with four children per entry:
/// a pool of ten thousand nodes plans tens of millions of them.
/// </summary>
internal sealed class SimEvents
{
    private const int Arity = 4;
    private SimEvent[] _heap = new SimEvent[1024];
    private int _count;
    private long _planned;

    public void Add(TimeSpan at, SimEventKind kind, int node, object? item)
    {
        if (_count == _heap.Length) Array.Resize(ref _heap, _count * 2);
        SimEvent added = new(at, _planned++, kind, node, item);
        int place = _count++;
        while (place > 0)
        {
            int parent = (place - 1) / Arity;
            if (!Before(added, _heap[parent])) break;
            _heap[place] = _heap[parent];
            place = parent;
        }

        _heap[place] = added;
    }

    public bool TryTake(TimeSpan until, out SimEvent next)
    {
        if (_count == 0 || _heap[0].At > until)
        {
            next = default;
            return false;
        }

        next = _heap[0];
        SimEvent last = _heap[--_count];
        _heap[_count] = default;
        if (_count > 0) SiftDown(last);
        return true;
    }

    private static bool Before(in SimEvent a, in SimEvent b) => a.At != b.At ? a.At < b.At : a.Order < b.Order;

    private void SiftDown(in SimEvent moved)
    {
        int place = 0;
        while (true)
        {
            int first = (place * Arity) + 1;
            if (first >= _count) break;
            int best = first;
            int end = Math.Min(first + Arity, _count);
            for (int child = first + 1; child < end; child++)
            {
                if (Before(_heap[child], _heap[best])) best = child;
            }

            if (!Before(_heap[best], moved)) break;
            _heap[place] = _heap[best];
            place = best;
        }

        _heap[place] = moved;
    }
}
