using System.Net;

namespace Consul.Fast.Net.Datagrams;

/// <summary>
/// Framework end points of addresses used recently, so that logs and dialers that name the same few peers allocate
/// nothing. Bounded: an address pushes out the one that shares its place. Thread safe, without locks.
/// </summary>
internal static class EndPointCache
{
    /// <summary>A power of two; the peers of a probe round and of a push/pull are a few dozen.</summary>
    private const int Places = 1024;

    private static readonly Entry?[] Entries = new Entry?[Places];

    public static IPEndPoint Get(PeerAddress address)
    {
        ref Entry? place = ref Entries[address.GetHashCode() & (Places - 1)];
        Entry? entry = Volatile.Read(ref place);
        if (entry is null || entry.Address != address)
        {
            entry = new Entry(address, new IPEndPoint(address.ToIPAddress(), address.Port));
            Volatile.Write(ref place, entry);
        }

        return entry.EndPoint;
    }

    private sealed class Entry(PeerAddress address, IPEndPoint endPoint)
    {
        public PeerAddress Address { get; } = address;

        public IPEndPoint EndPoint { get; } = endPoint;
    }
}
