using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Tests.Core;

public sealed class GossipAddressTests
{
    private static readonly GossipAddress V4 = GossipAddress.IPv4(10, 77, 0, 9, 8301);

    [Fact]
    public void Forms_of_one_address_differ_but_name_the_same_place()
    {
        byte[] mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 77, 0, 9];
        Assert.True(GossipAddress.TryFrom(mapped, 8301, out GossipAddress v6));
        Assert.NotEqual(V4, v6);
        Assert.True(V4.IsSamePlace(v6));
        Assert.False(V4.IsSamePlace(v6.WithPort(1)));
        Assert.Equal("10.77.0.9:8301", v6.ToString());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(4, true)]
    [InlineData(16, true)]
    [InlineData(3, false)]
    [InlineData(17, false)]
    public void Only_known_lengths_are_addresses(int length, bool expected)
    {
        byte[] bytes = [.. Enumerable.Range(1, length).Select(i => (byte)i)];
        Assert.Equal(expected, GossipAddress.TryFrom(bytes, 9, out GossipAddress address));
        if (!expected) return;
        byte[] copy = new byte[16];
        Assert.Equal(bytes, copy[..address.CopyTo(copy)]);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(24, true)]
    [InlineData(29, true)]
    [InlineData(32, false)]
    public void Networks_compare_their_leading_bits(int bits, bool within) =>
        Assert.Equal(within, V4.IsWithin(GossipAddress.IPv4(10, 77, 0, 8, 0), bits));

    [Fact]
    public void Networks_see_through_the_mapped_form()
    {
        byte[] mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 77, 0, 0];
        Assert.True(GossipAddress.TryFrom(mapped, 0, out GossipAddress network));
        Assert.True(V4.IsWithin(network, 96 + 16));
        Assert.False(GossipAddress.IPv4(10, 78, 0, 0, 1).IsWithin(network, 96 + 16));
    }
}
