using System.Net;
using Consul.Fast.Net.Datagrams;

namespace Consul.Fast.Net.Tests.Datagrams;

public sealed class PeerAddressTests
{
    [Theory]
    [InlineData("10.1.2.3", 8301, true, "10.1.2.3:8301")]
    [InlineData("::ffff:10.1.2.3", 8301, true, "10.1.2.3:8301")]
    [InlineData("0.0.0.0", 0, true, "0.0.0.0:0")]
    [InlineData("255.255.255.255", 65535, true, "255.255.255.255:65535")]
    [InlineData("fd00::1:2", 8301, false, "[fd00::1:2]:8301")]
    [InlineData("::", 1, false, "[::]:1")]
    [InlineData("fe80::1%7", 8301, false, "[fe80::1%7]:8301")]
    public void Address_survives_every_conversion(string text, int port, bool isIPv4, string expected)
    {
        IPAddress source = IPAddress.Parse(text);
        PeerAddress address = PeerAddress.From(source, port);
        Assert.Equal(isIPv4, address.IsIPv4);
        Assert.Equal(port, address.Port);
        Assert.Equal(expected, address.ToString());
        Assert.Equal(source.IsIPv4MappedToIPv6 ? source.MapToIPv4() : source, address.ToIPAddress());
        Assert.Equal(address, PeerAddress.From(address.ToIPEndPoint()));

        byte[] name = new byte[PeerAddress.SocketAddressV6Bytes];
        address.WriteSocketAddress(isV6: true, name);
        Assert.Equal(address, PeerAddress.FromSocketAddress(isV6: true, name));
        if (!isIPv4) return;
        address.WriteSocketAddress(isV6: false, name);
        Assert.Equal(address, PeerAddress.FromSocketAddress(isV6: false, name));
    }

    [Fact]
    public void Mapped_and_plain_addresses_are_one_key()
    {
        PeerAddress plain = PeerAddress.From(IPAddress.Parse("192.168.7.9"), 8301);
        PeerAddress mapped = PeerAddress.From(IPAddress.Parse("::ffff:192.168.7.9"), 8301);
        Assert.True(plain == mapped);
        Assert.Equal(plain.GetHashCode(), mapped.GetHashCode());
        Assert.True(plain != PeerAddress.From(IPAddress.Parse("192.168.7.9"), 8302));
        Assert.True(plain != PeerAddress.From(IPAddress.Parse("192.168.7.8"), 8301));
        Assert.NotEqual(PeerAddress.From(IPAddress.Parse("fe80::1%1"), 1), PeerAddress.From(IPAddress.Parse("fe80::1%2"), 1));
    }

    [Theory]
    [InlineData(4, 1, true)]
    [InlineData(16, 65535, true)]
    [InlineData(0, 1, false)]
    [InlineData(5, 1, false)]
    [InlineData(17, 1, false)]
    [InlineData(4, -1, false)]
    [InlineData(4, 65536, false)]
    public void Bytes_of_the_wire_are_checked(int length, int port, bool isValid)
    {
        byte[] bytes = [.. Enumerable.Range(1, length).Select(i => (byte)i)];
        Assert.Equal(isValid, PeerAddress.TryFromBytes(bytes, port, out PeerAddress address));
        if (!isValid) return;
        byte[] written = new byte[PeerAddress.AddressBytesMax];
        Assert.Equal(bytes, written[..address.WriteBytes(written)]);
    }

    [Fact]
    public void Conversion_of_a_known_address_and_look_ups_allocate_nothing()
    {
        PeerAddress address = PeerAddress.From(IPAddress.Parse("10.9.8.7"), 8301);
        IPEndPoint endPoint = address.ToIPEndPoint();
        var table = new Dictionary<PeerAddress, int> { [address] = 1 };
        long found = table[PeerAddress.From(endPoint)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            found += table[PeerAddress.From(address.ToIPEndPoint())];
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(1001, found);
        Assert.Equal(0, allocated);
    }
}
