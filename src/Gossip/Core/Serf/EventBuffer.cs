using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Serf;

/// <summary>User events of the last Lamport times, one slot per time: to tell duplicates, and to hand on to joining nodes.</summary>
internal sealed class EventBuffer(int size)
{
    /// <summary>Different events of one Lamport time; more than that come from a broken peer, not from a pool.</summary>
    private const int EventsPerTimeMax = 256;

    private Slot?[] _slots = [];

    public ulong Size => (ulong)size;

    /// <summary>Copies and records the event; false when it is already there.</summary>
    public bool TryAdd(in UserEvent message, out BufferedEvent kept)
    {
        if (_slots.Length == 0) _slots = new Slot?[size];
        ref Slot? place = ref _slots[message.LTime % Size];
        Slot slot = place is { } present && present.LTime == message.LTime ? present : place = new Slot(message.LTime);
        kept = default;
        for (int i = 0; i < slot.Count; i++)
        {
            BufferedEvent seen = slot.Events[i];
            if (seen.Name.Span.SequenceEqual(message.Name.Span) && seen.Payload.Span.SequenceEqual(message.Payload.Span)) return false;
        }

        if (slot.Count == EventsPerTimeMax) return false;
        kept = new BufferedEvent(message.Name.ToArray(), message.Payload.ToArray());
        if (slot.Count == slot.Events.Length) Array.Resize(ref slot.Events, slot.Count * 2);
        slot.Events[slot.Count++] = kept;
        return true;
    }

    /// <summary>Writes the used slots and returns their number; what is written stays valid until the next event.</summary>
    public int CopyTo(ref BufferedEvents[] destination)
    {
        int count = 0;
        foreach (Slot? slot in _slots)
        {
            if (slot is null) continue;
            if (count == destination.Length) Array.Resize(ref destination, Math.Max(8, count * 2));
            destination[count++] = new BufferedEvents(slot.LTime, slot.Events.AsMemory(0, slot.Count));
        }

        return count;
    }

    private sealed class Slot(ulong ltime)
    {
        public readonly ulong LTime = ltime;
        public BufferedEvent[] Events = new BufferedEvent[1];
        public int Count;
    }
}
