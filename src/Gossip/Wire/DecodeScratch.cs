using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Wire;

/// <summary>
/// The lists of decoded messages, kept between messages so that decoding them allocates nothing once warm. What was decoded is
/// valid until the next message is decoded with the same scratch. One owner, one thread.
/// </summary>
internal sealed class DecodeScratch
{
    public ScratchList<PushNodeState> Nodes;
    public ScratchList<StatusLTime> Statuses;
    public ScratchList<ReadOnlyMemory<byte>> Names;
    public ScratchList<BufferedEvents> Events;
    public ScratchList<BufferedEvent> EventItems;
    public ScratchList<ReadOnlyMemory<byte>> Filters;
}

/// <summary>A list that is filled, handed out as memory, and filled again.</summary>
internal struct ScratchList<T>
{
    /// <summary>A list that grew beyond this for one message is given up afterwards.</summary>
    private const int KeptMax = 16384;

    private T[]? _items;

    public int Count { get; private set; }

    public readonly ReadOnlyMemory<T> Memory => _items.AsMemory(0, Count);

    public void Clear()
    {
        if (_items?.Length > KeptMax) _items = null;
        Count = 0;
    }

    public void Add(T item)
    {
        // Grown by what is there, never by a count that a message claims.
        if (_items is null || Count == _items.Length) Array.Resize(ref _items, Math.Max(8, Count * 2));
        _items[Count++] = item;
    }

    /// <summary>The items from <paramref name="start"/> on.</summary>
    public readonly ReadOnlyMemory<T> From(int start) => _items.AsMemory(start, Count - start);
}
