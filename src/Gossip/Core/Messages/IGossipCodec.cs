using System.Buffers;

namespace Consul.Fast.Gossip.Core.Messages;

/// <summary>
/// Encoding as far as the core needs it: sizes for filling packets, Serf messages that are queued or nested as bytes, and
/// payloads inside payloads. Pure functions; no state, no exceptions for what a peer sent. Called on the loop that owns the core.
/// </summary>
/// <remarks>Every size and every encoded message includes its type byte.</remarks>
internal interface IGossipCodec
{
    int Size(in Ping message);

    int Size(in AckResp message);

    int Size(in Suspect message);

    int Size(in Alive message);

    int Size(in Dead message);

    void Encode(in LeaveIntent message, IBufferWriter<byte> output);

    void Encode(in JoinIntent message, IBufferWriter<byte> output);

    void Encode(in UserEvent message, IBufferWriter<byte> output);

    void Encode(in Query message, IBufferWriter<byte> output);

    void Encode(in QueryResponse message, IBufferWriter<byte> output);

    void Encode(in Relay message, IBufferWriter<byte> output);

    void Encode(in KeyRequest message, IBufferWriter<byte> output);

    void Encode(in KeyResponse message, IBufferWriter<byte> output);

    void Encode(in ConflictResponse message, IBufferWriter<byte> output);

    /// <summary>Filter by node names: type byte and array.</summary>
    void EncodeFilter(ReadOnlySpan<ReadOnlyMemory<byte>> nodes, IBufferWriter<byte> output);

    /// <summary>Filter by an expression on a tag: type byte and structure.</summary>
    void EncodeFilter(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> expression, IBufferWriter<byte> output);

    /// <summary>Payload of an acknowledgement: version byte and coordinate.</summary>
    void EncodePingPayload(in Coordinate coordinate, IBufferWriter<byte> output);

    /// <summary>False when empty, of another version, malformed or of other dimensions.</summary>
    bool TryDecodePingPayload(ReadOnlySpan<byte> payload, out Coordinate coordinate);

    /// <summary>False for unknown types and malformed filters: nobody matches those. May allocate.</summary>
    bool TryDecodeFilter(ReadOnlyMemory<byte> filter, out QueryFilter decoded);

    /// <param name="message">Type byte and structure.</param>
    bool TryDecode(ReadOnlyMemory<byte> message, out KeyRequest decoded);

    bool TryDecode(ReadOnlyMemory<byte> message, out KeyResponse decoded);

    bool TryDecode(ReadOnlyMemory<byte> message, out ConflictResponse decoded);

    /// <summary>Value of a tag in encoded metadata; false when it is absent or the metadata is malformed.</summary>
    bool TryFindTag(ReadOnlyMemory<byte> meta, ReadOnlySpan<byte> tag, out ReadOnlyMemory<byte> value);
}
