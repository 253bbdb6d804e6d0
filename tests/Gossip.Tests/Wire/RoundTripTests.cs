using System.Buffers;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire;

namespace Consul.Fast.Gossip.Tests.Wire;

/// <summary>Generated messages come back as they were, and the sizes that packets are filled by are the true ones.</summary>
public sealed class RoundTripTests
{
    private delegate void Encode<T>(in T message, IBufferWriter<byte> output);

    private delegate bool Decode<T>(ReadOnlyMemory<byte> message, out T decoded);

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 200)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Messages_come_back(int seed)
    {
        WireSamples samples = new(seed);
        Check(samples.Ping(), SwimEncoder.Encode, SwimDecoder.TryDecode, m => Show.Of(m));
        Check(samples.IndirectPing(), SwimEncoder.Encode, SwimDecoder.TryDecode, m => Show.Of(m));
        Check(samples.AckResp(), SwimEncoder.Encode, SwimDecoder.TryDecode, m => m.SeqNo + Convert.ToHexString(m.Payload.Span));
        Check(samples.NackResp(), SwimEncoder.Encode, SwimDecoder.TryDecode, m => Show.Of(m));
        Check(samples.Suspect(), SwimEncoder.Encode, SwimDecoder.TryDecode, m => Show.Of(m));
        Check(samples.Dead(), SwimEncoder.Encode, SwimDecoder.TryDecode, m => Show.Of(m));
        Check(samples.Alive(), SwimEncoder.Encode, SwimDecoder.TryDecode, m => Show.Of(m));
        Check(samples.UserEvent(), SerfEncoder.Encode, SerfDecoder.TryDecode, m => Show.Of(m));
        Check(samples.Query(), SerfEncoder.Encode, DecodeQuery, m => Show.Of(m));
        Check(samples.KeyResponse(), SerfEncoder.Encode, SerfDecoder.TryDecode, m => Show.Of(m));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void States_come_back(int seed)
    {
        PushPullState state = new WireSamples(seed).PushPull();
        ArrayBufferWriter<byte> userState = new();
        SerfEncoder.Encode(state.UserState, userState);
        ArrayBufferWriter<byte> output = new();
        PushPullEncoder.Encode(state, userState.WrittenSpan, output);
        Assert.True(PushPullDecoder.TryDecode(output.WrittenMemory, new DecodeScratch(), out PushPullState decoded));
        Assert.Equal(state.IsJoin, decoded.IsJoin);
        Assert.Equal(state.Nodes.ToArray().Select(node => Show.Of(node)), decoded.Nodes.ToArray().Select(node => Show.Of(node)));
        Assert.Equal(Show.Of(state.UserState), Show.Of(decoded.UserState));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Sizes_are_those_of_the_encoding(int seed)
    {
        WireSamples samples = new(seed);
        (Ping ping, IndirectPing indirect, AckResp ack) = (samples.Ping(), samples.IndirectPing(), samples.AckResp());
        (NackResp nack, Suspect suspect, Dead dead, Alive alive) = (samples.NackResp(), samples.Suspect(), samples.Dead(), samples.Alive());
        Assert.Equal(Encoded(ping, SwimEncoder.Encode).Length, GossipCodec.Instance.Size(ping));
        Assert.Equal(Encoded(indirect, SwimEncoder.Encode).Length, WireSize.Of(indirect));
        Assert.Equal(Encoded(ack, SwimEncoder.Encode).Length, GossipCodec.Instance.Size(ack));
        Assert.Equal(Encoded(nack, SwimEncoder.Encode).Length, WireSize.Of(nack));
        Assert.Equal(Encoded(suspect, SwimEncoder.Encode).Length, GossipCodec.Instance.Size(suspect));
        Assert.Equal(Encoded(dead, SwimEncoder.Encode).Length, GossipCodec.Instance.Size(dead));
        Assert.Equal(Encoded(alive, SwimEncoder.Encode).Length, GossipCodec.Instance.Size(alive));
    }

    private static void Check<T>(T message, Encode<T> encode, Decode<T> decode, Func<T, string> show)
    {
        byte[] encoded = Encoded(message, encode);
        Assert.True(decode(encoded, out T decoded));
        Assert.Equal(show(message), show(decoded));
    }

    private static bool DecodeQuery(ReadOnlyMemory<byte> message, out Query decoded) =>
        SerfDecoder.TryDecode(message, new DecodeScratch(), out decoded);

    private static byte[] Encoded<T>(in T message, Encode<T> encode)
    {
        ArrayBufferWriter<byte> output = new();
        encode(message, output);
        return output.WrittenSpan.ToArray();
    }
}
