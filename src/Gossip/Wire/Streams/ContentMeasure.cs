using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Gossip.Wire.Streams;

/// <summary>
/// Finds the end of an unwrapped stream message while its bytes come in. Remembers its place, so all calls together are one
/// pass; refuses what a header announces beyond <see cref="WireLimits"/> as soon as the header is there.
/// </summary>
internal struct ContentMeasure
{
    private const int TypeBytes = 1;
    private MsgPackMeasure _structure;
    private bool _hasHeader;
    private int _structuresLeft;
    private int _rawBytes;
    private int _offset;

    /// <summary>Bytes of the whole message, once complete.</summary>
    public readonly int Length => _offset + _rawBytes;

    /// <param name="content">All bytes that are there, from the type byte on; at least that one.</param>
    public StreamStatus Advance(ReadOnlyMemory<byte> content)
    {
        MessageType type = (MessageType)content.Span[0];
        if (!_hasHeader)
        {
            if (type is not (MessageType.Ping or MessageType.AckResp or MessageType.Err or MessageType.PushPull or MessageType.User))
            {
                return StreamStatus.WrongType;
            }

            _offset = TypeBytes;
            StreamStatus status = PassStructure(content);
            if (status != StreamStatus.Complete) return status;
            status = ReadHeader(type, content[TypeBytes.._offset]);
            if (status != StreamStatus.Complete) return status;
            _hasHeader = true;
        }

        for (; _structuresLeft > 0; _structuresLeft--)
        {
            StreamStatus status = PassStructure(content);
            if (status != StreamStatus.Complete) return status;
        }

        return content.Length - _offset >= _rawBytes ? StreamStatus.Complete : StreamStatus.NeedMore;
    }

    private StreamStatus PassStructure(ReadOnlyMemory<byte> content)
    {
        if (!_structure.Advance(content.Span[_offset..])) return _structure.Malformed ? StreamStatus.Malformed : StreamStatus.NeedMore;
        _offset += (int)_structure.Length;
        _structure = default;
        return StreamStatus.Complete;
    }

    private StreamStatus ReadHeader(MessageType type, ReadOnlyMemory<byte> header)
    {
        MessageReader reader = new(header);
        switch (type)
        {
            case MessageType.PushPull:
                PushPullHeader pushPull = PushPullDecoder.ReadHeader(ref reader);
                _structuresLeft = pushPull.Nodes;
                _rawBytes = pushPull.UserStateLen;
                break;
            case MessageType.User:
                _rawBytes = PushPullDecoder.ReadUserHeader(ref reader).UserMsgLen;
                break;
        }

        if (reader.Failed) return StreamStatus.Malformed;
        bool tooLarge = _structuresLeft > WireLimits.MembersMax || _rawBytes > WireLimits.StreamBytesMax;
        return tooLarge ? StreamStatus.TooLarge : StreamStatus.Complete;
    }
}
