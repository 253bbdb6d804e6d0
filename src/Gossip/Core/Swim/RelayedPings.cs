using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Swim;

/// <summary>A probe this node makes for somebody else.</summary>
/// <param name="SeqNo">Number of the ping it sent.</param>
/// <param name="RequesterSeqNo">Number the requester gave.</param>
/// <param name="Requester">Where the answer goes.</param>
/// <param name="Nack">The requester wants to hear of a failure.</param>
internal readonly record struct RelayedPing(uint SeqNo, uint RequesterSeqNo, GossipAddress Requester, bool Nack, TimeSpan Deadline);

/// <summary>
/// Probes for others, oldest first in a ring. All wait equally long, so the oldest is the first to run out and one timer
/// serves all; answered ones stay in the ring until they reach its head.
/// </summary>
internal sealed class RelayedPings
{
    /// <summary>More at a time are a flood, not a pool in trouble; the oldest is given up.</summary>
    private const int CountMax = 1024;

    private RelayedPing[] _ring = new RelayedPing[4];
    private uint _head;
    private uint _tail;

    public int Count => (int)(_tail - _head);

    public ref RelayedPing First => ref At(_head);

    public void Add(in RelayedPing ping)
    {
        if (Count == CountMax) RemoveFirst();
        if (Count == _ring.Length) Grow();
        At(_tail++) = ping;
    }

    public void RemoveFirst() => _head++;

    /// <summary>Takes the probe with this number out, leaving an empty entry; false when there is none.</summary>
    public bool TryTake(uint seqNo, out RelayedPing ping)
    {
        for (uint i = _head; i != _tail; i++)
        {
            ref RelayedPing entry = ref At(i);
            if (entry.SeqNo != seqNo || IsAnswered(entry)) continue;
            ping = entry;
            entry = entry with { RequesterSeqNo = 0, Requester = default };
            return true;
        }

        ping = default;
        return false;
    }

    public static bool IsAnswered(in RelayedPing ping) => ping.Requester.IsEmpty;

    private ref RelayedPing At(uint place) => ref _ring[place & (uint)(_ring.Length - 1)];

    private void Grow()
    {
        RelayedPing[] larger = new RelayedPing[_ring.Length * 2];
        for (uint i = _head; i != _tail; i++) larger[i & (uint)(larger.Length - 1)] = At(i);
        _ring = larger;
    }
}
