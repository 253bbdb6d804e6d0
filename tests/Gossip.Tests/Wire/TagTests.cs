using System.Text;
using Consul.Fast.Gossip.Wire;

namespace Consul.Fast.Gossip.Tests.Wire;

/// <summary>Tags in node metadata, and the payload of an agent's events.</summary>
public sealed class TagTests
{
    [Fact]
    public void Tags_are_encoded_in_the_order_given()
    {
        Assert.True(TagCodec.TryEncode([new("role", "web"), new("zone", "eu")], out byte[] meta));
        Assert.Equal("ff82a4726f6c65a3776562a47a6f6e65a26575", Convert.ToHexStringLower(meta));
        Assert.True(TagCodec.TryEncode([], out byte[] none));
        Assert.Equal([0xff, 0x80], none);
        Assert.False(TagCodec.TryEncode([new("long", new string('x', 505))], out _));
        Assert.True(TagCodec.TryEncode([new("long", new string('x', 502))], out byte[] full));
        Assert.Equal(512, full.Length);
    }

    [Theory]
    [InlineData("ff82a4726f6c65a3776562a47a6f6e65a26575", "zone", "eu")]
    [InlineData("ff82a4726f6c65a3776562a47a6f6e65a26575", "none", null)]
    [InlineData("ff80", "role", null)]
    [InlineData("", "role", "")]
    [InlineData("776562", "role", "web")]
    [InlineData("776562", "zone", null)]
    [InlineData("ff", "role", null)]
    [InlineData("ff82a4726f6c65a3776562", "role", null)] // one of two is missing
    [InlineData("ff81a4726f6c65c403776562", "role", null)] // bytes for text
    public void A_tag_is_found_in_metadata(string hex, string tag, string? expected)
    {
        bool found = TagCodec.TryFind(Convert.FromHexString(hex), Encoding.ASCII.GetBytes(tag), out ReadOnlyMemory<byte> value);
        Assert.Equal(expected, found ? Encoding.ASCII.GetString(value.Span) : null);
    }

    [Fact]
    public void Recorded_event_payload_is_written_again_to_the_same_bytes()
    {
        const string Recorded =
            "86a24944d92431393565613432352d323136302d663931312d326164612d613362346361653363393538a16ea66465706c6f79a26e66a5636c692e2aa170c4067265762d3432a27366a6636f6e73756ca17601";
        ConsulEventPayload? payload = ConsulEventPayload.Decode(Convert.FromHexString(Recorded));
        Assert.NotNull(payload);
        Assert.Equal("195ea425-2160-f911-2ada-a3b4cae3c958", payload.Id);
        Assert.Equal(("deploy", "cli.*", "consul", "", 1), (payload.Name, payload.NodeFilter, payload.ServiceFilter, payload.TagFilter, payload.Version));
        Assert.Equal("rev-42"u8.ToArray(), payload.Payload.ToArray());
        Assert.Equal(Recorded, Convert.ToHexStringLower(payload.Encode()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(70_000)]
    public void Event_payloads_of_any_length_come_back(int length)
    {
        ConsulEventPayload payload = new("id", new string('n', length), new byte[length], TagFilter: "t", ServiceFilter: "s");
        ConsulEventPayload? read = ConsulEventPayload.Decode(payload.Encode());
        Assert.NotNull(read);
        Assert.Equal(payload.Name, read.Name);
        Assert.Equal(payload.Payload.ToArray(), read.Payload.ToArray());
        Assert.Equal(("t", "s", ""), (read.TagFilter, read.ServiceFilter, read.NodeFilter));
    }

    [Fact]
    public void A_cut_event_payload_is_malformed()
    {
        byte[] encoded = new ConsulEventPayload("id", "name", "payload"u8.ToArray()).Encode();
        for (int length = 0; length < encoded.Length; length++) Assert.Null(ConsulEventPayload.Decode(encoded.AsMemory(0, length)));
    }
}
