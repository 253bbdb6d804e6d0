using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Consul.Fast.Net.Datagrams;

/// <summary>
/// Where a datagram comes from or goes to: an IP address and a port as one value, made to be a key. An IPv4 address and the
/// same address mapped into IPv6 are equal. Immutable; nothing but the conversions to framework types allocates.
/// </summary>
public readonly struct PeerAddress : IEquatable<PeerAddress>
{
    /// <summary>Bytes of the longest address.</summary>
    public const int AddressBytesMax = 16;

    internal const int SocketAddressV4Bytes = 16;
    internal const int SocketAddressV6Bytes = 28;

    private const ulong MappedPrefix = 0xFFFF_0000_0000;

    // The 16 bytes of the IPv6 form as two big-endian numbers; IPv4 is kept mapped.
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;
    private readonly ushort _port;

    private PeerAddress(ulong high, ulong low, uint scope, ushort port)
    {
        _high = high;
        _low = low;
        _scope = scope;
        _port = port;
    }

    public int Port => _port;

    /// <summary>The interface of a link-local IPv6 address, otherwise 0.</summary>
    public uint ScopeId => _scope;

    public bool IsIPv4 => _high == 0 && _low >> 32 == MappedPrefix >> 32;

    public static bool operator ==(PeerAddress left, PeerAddress right) => left.Equals(right);

    public static bool operator !=(PeerAddress left, PeerAddress right) => !left.Equals(right);

    public static PeerAddress From(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return From(endPoint.Address, endPoint.Port);
    }

    public static PeerAddress From(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[AddressBytesMax];
        address.TryWriteBytes(bytes, out int length);
        bool hasScope = address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6;
        uint scope = hasScope ? (uint)address.ScopeId : 0;
        return From(bytes[..length], checked((ushort)port), scope);
    }

    /// <summary>Reads an address as protocols carry it: 4 or 16 bytes, most significant first.</summary>
    /// <returns>False when the length is another one or the port is out of range.</returns>
    public static bool TryFromBytes(ReadOnlySpan<byte> address, int port, out PeerAddress peer)
    {
        bool valid = address.Length is 4 or AddressBytesMax && port is >= 0 and <= ushort.MaxValue;
        peer = valid ? From(address, (ushort)port, 0) : default;
        return valid;
    }

    /// <summary>Writes the address as protocols carry it.</summary>
    /// <param name="target">At least <see cref="AddressBytesMax"/> bytes.</param>
    /// <returns>Bytes written: 4 or 16.</returns>
    public int WriteBytes(Span<byte> target)
    {
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(target, (uint)_low);
            return sizeof(uint);
        }

        BinaryPrimitives.WriteUInt64BigEndian(target, _high);
        BinaryPrimitives.WriteUInt64BigEndian(target[sizeof(ulong)..], _low);
        return AddressBytesMax;
    }

    /// <summary>The address alone, IPv4 when it is one. Allocates.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[AddressBytesMax];
        int length = WriteBytes(bytes);
        return length == AddressBytesMax ? new IPAddress(bytes, _scope) : new IPAddress(bytes[..length]);
    }

    /// <summary>The framework's form, shared by all callers and not to be changed. Recently used ones cost no allocation.</summary>
    public IPEndPoint ToIPEndPoint() => EndPointCache.Get(this);

    public bool Equals(PeerAddress other) =>
        _low == other._low && _high == other._high && _port == other._port && _scope == other._scope;

    public override bool Equals(object? obj) => obj is PeerAddress other && Equals(other);

    /// <summary>Differs from process to process, so that peers cannot choose addresses that collide.</summary>
    public override int GetHashCode() => HashCode.Combine(_high, _low, ((ulong)_scope << 16) | _port);

    /// <summary>As <c>10.0.0.1:8301</c> or <c>[fd00::1]:8301</c>.</summary>
    public override string ToString() => ToIPEndPoint().ToString();

    /// <summary>Reads a socket address of the system, of which only the family is given apart because its place differs.</summary>
    internal static PeerAddress FromSocketAddress(bool isV6, ReadOnlySpan<byte> address)
    {
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return isV6
            ? From(address.Slice(8, AddressBytesMax), port, MemoryMarshal.Read<uint>(address[24..]))
            : From(address.Slice(4, sizeof(uint)), port, 0);
    }

    /// <summary>Writes everything of a socket address except the family.</summary>
    /// <param name="isV6">The form; IPv4 addresses can be written in both, IPv6 addresses only as IPv6.</param>
    internal void WriteSocketAddress(bool isV6, Span<byte> address)
    {
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], _port);
        if (!isV6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(address[4..], (uint)_low);
            return;
        }

        // No flow label.
        address.Slice(4, sizeof(uint)).Clear();
        BinaryPrimitives.WriteUInt64BigEndian(address[8..], _high);
        BinaryPrimitives.WriteUInt64BigEndian(address[16..], _low);
        MemoryMarshal.Write(address[24..], _scope);
    }

    private static PeerAddress From(ReadOnlySpan<byte> address, ushort port, uint scope) => address.Length == sizeof(uint)
        ? new PeerAddress(0, MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(address), 0, port)
        : new PeerAddress(BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[8..]), scope, port);
}
