using System.Buffers;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Wire;

/// <summary>The encoding of the peers, as the core uses it. Stateless and safe on any thread.</summary>
internal sealed class GossipCodec : IGossipCodec
{
    public static readonly GossipCodec Instance = new();

    private GossipCodec()
    {
    }

    public int Size(in Ping message) => WireSize.Of(message);

    public int Size(in AckResp message) => WireSize.Of(message);

    public int Size(in Suspect message) => WireSize.Of(message);

    public int Size(in Alive message) => WireSize.Of(message);

    public int Size(in Dead message) => WireSize.Of(message);

    public void Encode(in LeaveIntent message, IBufferWriter<byte> output) => SerfEncoder.Encode(message, output);

    public void Encode(in JoinIntent message, IBufferWriter<byte> output) => SerfEncoder.Encode(message, output);

    public void Encode(in UserEvent message, IBufferWriter<byte> output) => SerfEncoder.Encode(message, output);

    public void Encode(in Query message, IBufferWriter<byte> output) => SerfEncoder.Encode(message, output);

    public void Encode(in QueryResponse message, IBufferWriter<byte> output) => SerfEncoder.Encode(message, output);

    public void Encode(in Relay message, IBufferWriter<byte> output) => SerfEncoder.Encode(message, output);

    public void Encode(in KeyRequest message, IBufferWriter<byte> output) => SerfEncoder.Encode(message, output);

    public void Encode(in KeyResponse message, IBufferWriter<byte> output) => SerfEncoder.Encode(message, output);

    public void Encode(in ConflictResponse message, IBufferWriter<byte> output) => SerfEncoder.Encode(message, output);

    public void EncodeFilter(ReadOnlySpan<ReadOnlyMemory<byte>> nodes, IBufferWriter<byte> output) =>
        SerfEncoder.EncodeFilter(nodes, output);

    public void EncodeFilter(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> expression, IBufferWriter<byte> output) =>
        SerfEncoder.EncodeFilter(tag, expression, output);

    public void EncodePingPayload(in Coordinate coordinate, IBufferWriter<byte> output) =>
        SerfEncoder.EncodePingPayload(coordinate, output);

    public bool TryDecodePingPayload(ReadOnlySpan<byte> payload, out Coordinate coordinate) =>
        SerfDecoder.TryDecodePingPayload(payload, out coordinate);

    public bool TryDecodeFilter(ReadOnlyMemory<byte> filter, out QueryFilter decoded) =>
        SerfDecoder.TryDecodeFilter(filter, out decoded);

    public bool TryDecode(ReadOnlyMemory<byte> message, out KeyRequest decoded) => SerfDecoder.TryDecode(message, out decoded);

    public bool TryDecode(ReadOnlyMemory<byte> message, out KeyResponse decoded) => SerfDecoder.TryDecode(message, out decoded);

    public bool TryDecode(ReadOnlyMemory<byte> message, out ConflictResponse decoded) => SerfDecoder.TryDecode(message, out decoded);

    public bool TryFindTag(ReadOnlyMemory<byte> meta, ReadOnlySpan<byte> tag, out ReadOnlyMemory<byte> value) =>
        TagCodec.TryFind(meta, tag, out value);
}
