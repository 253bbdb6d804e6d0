using System.Net;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Net.Datagrams;

namespace Consul.Fast.Gossip.Transport;

/// <summary>Addresses as messages, sockets and the agent write them.</summary>
internal static class AddressForms
{
    public static GossipAddress From(PeerAddress peer)
    {
        Span<byte> bytes = stackalloc byte[PeerAddress.AddressBytesMax];
        int length = peer.WriteBytes(bytes);
        GossipAddress.TryFrom(bytes[..length], (ushort)peer.Port, out GossipAddress address);
        return address;
    }

    public static GossipAddress From(IPEndPoint endPoint) => From(PeerAddress.From(endPoint));

    /// <summary>False for an address without bytes or port: nothing can be sent there.</summary>
    public static bool TryToPeer(GossipAddress address, out PeerAddress peer)
    {
        Span<byte> bytes = stackalloc byte[PeerAddress.AddressBytesMax];
        int length = address.CopyTo(bytes);
        peer = default;
        return length > 0 && address.Port != 0 && PeerAddress.TryFromBytes(bytes[..length], address.Port, out peer);
    }

    /// <summary>The address as a socket or a reader wants it; the wildcard where there is none.</summary>
    public static IPEndPoint ToShownEndPoint(GossipAddress address) => new(ToAddress(address), address.Port);

    /// <summary>The address without port; the wildcard where there is none.</summary>
    public static IPAddress ToAddress(GossipAddress address)
    {
        Span<byte> bytes = stackalloc byte[PeerAddress.AddressBytesMax];
        int length = address.CopyTo(bytes);
        if (length == 0) return IPAddress.Any;
        var plain = new IPAddress(bytes[..length]);
        return plain.IsIPv4MappedToIPv6 ? plain.MapToIPv4() : plain;
    }
}
