using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire;

namespace Consul.Fast.Gossip.Tests.Wire;

/// <summary>Forms that peers of other kinds may use: other orders, widths, strings, arrays, nil and unknown fields.</summary>
public sealed class LeniencyTests
{
    [Theory]
    [InlineData("0082a4" + "4e6f6465" + "a161a5" + "5365714e6f" + "05", true)] // as written
    [InlineData("0082a5" + "5365714e6f" + "05a4" + "4e6f6465" + "a161", true)] // other order
    [InlineData("0082a5" + "5365714e6f" + "cd0005d904" + "4e6f6465" + "d90161", true)] // wide number, str8
    [InlineData("0083a5" + "5365714e6f" + "05a3" + "666f6f" + "82a16193c0c2ca3f800000a162c40100a4" + "4e6f6465" + "a161", true)] // unknown field
    [InlineData("009205a161", true)] // array
    [InlineData("009605a161c000a0c3", true)] // array with a field more than is known
    [InlineData("0082a4" + "4e6f6465" + "c40161a5" + "5365714e6f" + "05", false)] // bin for text
    [InlineData("0082a4" + "4e6f6465" + "a161a5" + "5365714e6f" + "ff", false)] // negative number
    [InlineData("0082a4" + "4e6f6465" + "a161a5" + "5365714e6f" + "cf0000000100000000", false)] // number too large
    [InlineData("0082a4" + "4e6f6465" + "a161a5" + "5365714e6f", false)] // cut off
    [InlineData("00a161", false)] // no structure
    [InlineData("00", false)]
    [InlineData("", false)]
    [InlineData("0282a4" + "4e6f6465" + "a161a5" + "5365714e6f" + "05", false)] // another type
    public void Ping_is_read_in_every_form_that_peers_read(string hex, bool valid)
    {
        Assert.Equal(valid, SwimDecoder.TryDecode(Convert.FromHexString(hex), out Ping ping));
        if (!valid) return;
        Assert.Equal(5u, ping.SeqNo);
        Assert.Equal("a"u8.ToArray(), ping.Node.ToArray());
    }

    [Fact]
    public void Nil_is_the_zero_value_of_everything()
    {
        Assert.True(SwimDecoder.TryDecode(Convert.FromHexString("00c0"), out Ping nothing));
        Assert.Equal(default, nothing);
        byte[] nils = [0x04, 0x96, 0xc0, 0xc0, 0xc0, 0xc0, 0xc0, 0xc0];
        Assert.True(SwimDecoder.TryDecode(nils, out Alive alive));
        Assert.Equal(default, alive);
        Assert.True(SerfDecoder.TryDecode(Convert.FromHexString("0190"), out JoinIntent intent));
        Assert.Equal(default, intent);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public void Wrong_lengths_of_version_vector_and_address_are_malformed(int length)
    {
        byte[] raw = [(byte)(0xa0 | length), .. new byte[length]];
        Assert.False(SwimDecoder.TryDecode((byte[])[0x04, 0x96, 0, 0xa0, 0xa0, 0, 0xa0, .. raw], out Alive _));
        Assert.False(SwimDecoder.TryDecode((byte[])[0x04, 0x96, 0, 0xa0, .. raw, 0, 0xa0, 0xa0], out Alive _));
    }

    [Fact]
    public void Nodes_of_unknown_state_are_left_out()
    {
        byte[] message = Convert.FromHexString("06" + "9302" + "00c3" + "97a161a000a00109a0" + "97a162a000a00103a0");
        Assert.True(PushPullDecoder.TryDecode(message, new DecodeScratch(), out PushPullState state));
        PushNodeState node = Assert.Single(state.Nodes.ToArray());
        Assert.Equal("b"u8.ToArray(), node.Name.ToArray());
        Assert.Equal(NodeState.Left, node.State);
        Assert.False(state.HasUserState);
    }

    [Fact]
    public void A_count_that_the_message_cannot_hold_is_refused_at_once()
    {
        byte[] message = [0x06, 0x93, 0xce, 0x00, 0x07, 0xff, 0xff, 0, 0xc3, 0x97, 0xa0, 0xa0, 0, 0xa0, 1, 0, 0xa0];
        Assert.False(PushPullDecoder.TryDecode(message, new DecodeScratch(), out PushPullState _));
        byte[] negative = [0x06, 0x93, 0xff, 0, 0xc3];
        Assert.False(PushPullDecoder.TryDecode(negative, new DecodeScratch(), out PushPullState _));
    }

    [Fact]
    public void A_relay_to_no_port_has_no_address()
    {
        byte[] message = [0x09, 0x92, 0x93, 0xa4, 10, 0, 0, 1, 0xce, 0, 1, 0, 0, 0xa0, 0xa1, (byte)'x', 0x05, 0x80];
        Assert.True(SerfDecoder.TryDecode(message, out Relay relay));
        Assert.True(relay.DestAddr.IsEmpty);
        Assert.Equal([0x05, 0x80], relay.Inner.ToArray());
    }

    [Fact]
    public void An_unknown_name_in_a_conflict_is_nil()
    {
        System.Buffers.ArrayBufferWriter<byte> output = new();
        SerfEncoder.Encode(default(ConflictResponse), output);
        Assert.Equal([0x06, 0xc0], output.WrittenSpan.ToArray());
        Assert.True(SerfDecoder.TryDecode(output.WrittenMemory, out ConflictResponse response));
        Assert.False(response.IsKnown);
    }

    [Fact]
    public void Filters_of_unknown_kind_are_no_filters()
    {
        Assert.False(SerfDecoder.TryDecodeFilter(Convert.FromHexString("0291a161"), out _));
        Assert.False(SerfDecoder.TryDecodeFilter(default, out _));
        Assert.True(SerfDecoder.TryDecodeFilter(Convert.FromHexString("0091a5627261766f"), out QueryFilter nodes));
        Assert.Equal("bravo"u8.ToArray(), Assert.Single(nodes.Nodes.ToArray()).ToArray());
        Assert.True(SerfDecoder.TryDecodeFilter(Convert.FromHexString("0182a445787072a26462a3546167a4726f6c65"), out QueryFilter tag));
        Assert.Equal(("role", "db"), (Ascii(tag.Tag), Ascii(tag.Expr)));
        System.Buffers.ArrayBufferWriter<byte> output = new();
        SerfEncoder.EncodeFilter("role"u8, "db"u8, output);
        SerfEncoder.EncodeFilter(nodes.Nodes.Span, output);
        Assert.Equal("0182a445787072a26462a3546167a4726f6c650091a5627261766f", Convert.ToHexStringLower(output.WrittenSpan));
    }

    [Theory]
    [InlineData("")]
    [InlineData("02" + "80")] // another version
    [InlineData("01" + "c0")]
    [InlineData("01" + "80")] // no vector
    [InlineData("01" + "81a3" + "566563" + "97" + "00000000000000")] // seven dimensions
    [InlineData("01" + "81a3" + "566563" + "99" + "000000000000000000")] // nine
    public void Ping_payloads_of_another_kind_are_ignored(string hex) =>
        Assert.False(SerfDecoder.TryDecodePingPayload(Convert.FromHexString(hex), out _));

    private static string Ascii(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.ASCII.GetString(bytes.Span);
}
