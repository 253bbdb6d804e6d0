using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire.Packets;

namespace Consul.Fast.Gossip.Node;

/// <summary>
/// Messages of datagrams that wait until the probes among them are answered, in two bounded lanes: who is alive, refutations
/// above all, comes before accusations and the messages of the layer above. What does not fit is dropped, as the network would.
/// Copies bytes, so that datagrams can go on. Empty most of the time, and allocates only to grow.
/// </summary>
internal sealed class MessageBacklog
{
    /// <summary>Messages a lane holds.</summary>
    public const int DepthMax = 1024;

    /// <summary>Bytes of both lanes together; a message may still be as long as a datagram can get.</summary>
    public const int BytesMax = 1024 * 1024;

    private readonly Lane _alive = new();
    private readonly Lane _others = new();
    private byte[] _bytes = new byte[64 * 1024];
    private int _used;

    /// <summary>Messages dropped so far.</summary>
    public long Dropped { get; private set; }

    public void Add(in PacketMessage message, GossipAddress from)
    {
        Lane lane = message.Type == MessageType.Alive ? _alive : _others;
        int length = message.Bytes.Length;
        if (lane.IsFull || !TryMakeRoom(length))
        {
            Dropped++;
            return;
        }

        message.Bytes.CopyTo(_bytes.AsMemory(_used));
        lane.Add(new Entry(message.Type, _used, length, from));
        _used += length;
    }

    /// <summary>Takes the next message; its memory is valid until one is added. False when there are no more.</summary>
    public bool TryTake(out PacketMessage message, out GossipAddress from)
    {
        bool found = _alive.TryTake(out Entry entry) || _others.TryTake(out entry);
        message = found ? new PacketMessage(entry.Type, _bytes.AsMemory(entry.Offset, entry.Length)) : default;
        from = entry.From;
        if (!found) _used = 0;
        return found;
    }

    private bool TryMakeRoom(int length)
    {
        if (length <= _bytes.Length - _used) return true;
        if (length > BytesMax - _used) return false;
        Array.Resize(ref _bytes, Math.Min(BytesMax, Math.Max(2 * _bytes.Length, _used + length)));
        return true;
    }

    private readonly record struct Entry(MessageType Type, int Offset, int Length, GossipAddress From);

    private sealed class Lane
    {
        private Entry[] _entries = new Entry[64];
        private int _count;
        private int _taken;

        public bool IsFull => _count == DepthMax;

        public void Add(in Entry entry)
        {
            if (_count == _entries.Length) Array.Resize(ref _entries, Math.Min(DepthMax, 2 * _count));
            _entries[_count++] = entry;
        }

        public bool TryTake(out Entry entry)
        {
            if (_taken < _count)
            {
                entry = _entries[_taken++];
                return true;
            }

            _count = 0;
            _taken = 0;
            entry = default;
            return false;
        }
    }
}
