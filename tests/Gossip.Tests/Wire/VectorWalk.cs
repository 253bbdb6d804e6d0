using System.Buffers;
using System.Buffers.Binary;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Lzw;
using Consul.Fast.Gossip.Wire.Packets;
using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Gossip.Tests.Wire;

/// <summary>
/// Takes a vector apart layer by layer, writes its outline on the way, and puts every layer together again to compare it with
/// what was recorded.
/// </summary>
internal sealed class VectorWalk
{
    private readonly Vector _vector;
    private readonly List<string> _lines = [];
    private readonly DecodeScratch _scratch = new();
    private int _depth;

    public VectorWalk(Vector vector)
    {
        _vector = vector;
        if (vector.IsStream) WalkStream(vector.Bytes);
        else WalkDatagram(vector.Bytes);
    }

    public string Outline => string.Concat(_lines.Select(line => line + "\n"));

    /// <summary>The unwrapped messages, in order.</summary>
    public List<byte[]> Leaves { get; } = [];

    /// <summary>What encryption was taken off, or the whole.</summary>
    public byte[] Plain { get; private set; } = [];

    /// <summary>Layers that came out differently when put together again.</summary>
    public List<string> Differences { get; } = [];

    private void WalkDatagram(byte[] datagram)
    {
        Plain = datagram;
        if (_vector.Cipher() is { } cipher)
        {
            Plain = Decrypt(cipher, datagram, []);
            Line($"encrypted vsn={datagram[0]} {datagram.Length}->{Plain.Length}");
            _depth++;
        }

        if (Plain[0] != (byte)MessageType.HasCrc)
        {
            WalkMessage(Plain);
            return;
        }

        uint crc = BinaryPrimitives.ReadUInt32BigEndian(Plain.AsSpan(1));
        Line($"hasCrc(12) crc={crc:x8} {(Checksum.Compute(Plain.AsSpan(5)) == crc ? "ok" : "BAD")}");
        _depth++;
        WalkMessage(Plain[5..]);
    }

    private void WalkStream(byte[] bytes)
    {
        Plain = bytes;
        if (_vector.Cipher() is { } cipher)
        {
            Plain = Decrypt(cipher, bytes[5..], bytes[..5]);
            Line($"encrypt(10) len={BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(1))} vsn={bytes[5]} total={bytes.Length}");
            _depth++;
        }

        WalkMessage(Plain);
    }

    private byte[] Decrypt(GossipCipher cipher, byte[] payload, byte[] associated)
    {
        byte[] before = [.. payload];
        byte[] output = new byte[payload.Length];
        Assert.True(cipher.TryDecrypt(payload, associated, output, out int length));
        Assert.Equal(before, payload);
        byte[] plain = output[..length];
        byte[] again = new byte[GossipCipher.SizeOf(length, payload[0])];
        using GossipCipher recorded = new(new Keyring(_vector.KeyName == "K1" ? Vector.K1 : Vector.K2));
        recorded.Encrypt(plain, associated, payload[0], payload.AsSpan(1, GossipCipher.NonceBytes), again);
        Compare("encryption", payload, again);
        return plain;
    }

    private void WalkMessage(byte[] message)
    {
        switch ((MessageType)message[0])
        {
            case MessageType.Compress:
                WalkCompressed(message);
                break;
            case MessageType.Compound:
                WalkCompound(message);
                break;
            default:
                Leaves.Add(message);
                WalkLeaf(message);
                break;
        }
    }

    private void WalkCompressed(byte[] message)
    {
        Assert.True(Compression.TryRead(message, out ReadOnlyMemory<byte> compressed));
        LzwDecoder decoder = new();
        Assert.Equal(LzwStatus.Done, decoder.Measure(compressed.Span, int.MaxValue, out int length));
        byte[] expanded = new byte[length];
        Assert.Equal(LzwStatus.Done, decoder.Decode(compressed.Span, expanded, out int written));
        Assert.Equal(length, written);
        Line($"compress(9) algo=0 {compressed.Length}->{length}");
        WireBuffer again = new(64);
        again.Reset(Compression.HeadBytesMax);
        int room = LzwCode.EncodedBytesMax(length);
        again.Advance(new LzwEncoder().Encode(expanded, again.GetSpan(room)[..room]));
        Compression.PrependHead(again, again.Length);
        Compare("compression", message, again.Memory);
        _depth++;
        WalkMessage(expanded);
        _depth--;
    }

    private void WalkCompound(byte[] message)
    {
        int count = message[1];
        int[] lengths = [.. Enumerable.Range(0, count).Select(i => (int)BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(2 + (2 * i))))];
        Line($"compound(7) n={count} lens=[{string.Join(", ", lengths)}]");
        _depth++;
        int offset = 2 + (2 * count);
        foreach (int length in lengths)
        {
            WalkMessage(message[offset..(offset + length)]);
            offset += length;
        }

        Assert.Equal(message.Length, offset);
        _depth--;
    }

    private void WalkLeaf(byte[] message)
    {
        switch ((MessageType)message[0])
        {
            case MessageType.PushPull:
                WalkPushPull(message);
                break;
            case MessageType.User when _vector.IsStream:
                WalkStreamUser(message);
                break;
            case MessageType.User:
                Line("user(8)");
                _depth++;
                WalkSerf(message.AsMemory(1));
                _depth--;
                break;
            default:
                WalkSwim(message);
                break;
        }
    }

    private void WalkSwim(byte[] message)
    {
        WireBuffer again = new(64);
        string line = (MessageType)message[0] switch
        {
            MessageType.Ping when SwimDecoder.TryDecode(message, out Ping m) => Again(() => SwimEncoder.Encode(m, again), Show.Of(m)),
            MessageType.IndirectPing when SwimDecoder.TryDecode(message, out IndirectPing m) =>
                Again(() => SwimEncoder.Encode(m, again), Show.Of(m)),
            MessageType.AckResp when SwimDecoder.TryDecode(message, out AckResp m) => Again(() => SwimEncoder.Encode(m, again), Show.Of(m)),
            MessageType.NackResp when SwimDecoder.TryDecode(message, out NackResp m) =>
                Again(() => SwimEncoder.Encode(m, again), Show.Of(m)),
            MessageType.Suspect when SwimDecoder.TryDecode(message, out Suspect m) => Again(() => SwimEncoder.Encode(m, again), Show.Of(m)),
            MessageType.Dead when SwimDecoder.TryDecode(message, out Dead m) => Again(() => SwimEncoder.Encode(m, again), Show.Of(m)),
            MessageType.Alive when SwimDecoder.TryDecode(message, out Alive m) => Again(() => SwimEncoder.Encode(m, again), Show.Of(m)),
            MessageType.Err when SwimDecoder.TryDecode(message, out ErrResp m) => Again(() => SwimEncoder.Encode(m, again), Show.Of(m)),
            _ => "undecodable",
        };
        Line(line);
        Compare(line, message, again.Memory);
        if (message[0] == (byte)MessageType.AckResp) WalkPingPayload(message);
    }

    private void WalkPingPayload(byte[] message)
    {
        Assert.True(SwimDecoder.TryDecode(message, out AckResp ack));
        if (ack.Payload.IsEmpty) return;
        Assert.True(SerfDecoder.TryDecodePingPayload(ack.Payload.Span, out Coordinate coordinate));
        ArrayBufferWriter<byte> again = new();
        SerfEncoder.EncodePingPayload(coordinate, again);
        Compare("ping payload", ack.Payload, again.WrittenMemory);
        _depth++;
        Line(Show.Of(coordinate));
        _depth--;
    }

    private void WalkSerf(ReadOnlyMemory<byte> message)
    {
        WireBuffer again = new(64);
        ReadOnlyMemory<byte> inner = default;
        string line = (SerfMessageType)message.Span[0] switch
        {
            SerfMessageType.Leave when SerfDecoder.TryDecode(message, out LeaveIntent m) =>
                Again(() => SerfEncoder.Encode(m, again), Show.Of(m)),
            SerfMessageType.Join when SerfDecoder.TryDecode(message, out JoinIntent m) =>
                Again(() => SerfEncoder.Encode(m, again), Show.Of(m)),
            SerfMessageType.UserEvent when SerfDecoder.TryDecode(message, out UserEvent m) =>
                Again(() => SerfEncoder.Encode(m, again), Show.Of(m)),
            SerfMessageType.Query when SerfDecoder.TryDecode(message, _scratch, out Query m) => Again(
                () =>
                {
                    SerfEncoder.Encode(m, again);
                    if (m.Name.Span.EndsWith("key"u8) || m.Name.Span.EndsWith("keys"u8)) inner = m.Payload;
                },
                Show.Of(m)),
            SerfMessageType.QueryResponse when SerfDecoder.TryDecode(message, out QueryResponse m) => Again(
                () =>
                {
                    SerfEncoder.Encode(m, again);
                    if (m.Payload.Length > 0 && m.Payload.Span[0] < 32) inner = m.Payload;
                },
                Show.Of(m)),
            SerfMessageType.Relay when SerfDecoder.TryDecode(message, out Relay m) => Again(
                () =>
                {
                    SerfEncoder.Encode(m, again);
                    inner = m.Inner;
                },
                Show.Of(m)),
            SerfMessageType.KeyRequest when SerfDecoder.TryDecode(message, out KeyRequest m) =>
                Again(() => SerfEncoder.Encode(m, again), Show.Of(m)),
            SerfMessageType.KeyResponse when SerfDecoder.TryDecode(message, out KeyResponse m) =>
                Again(() => SerfEncoder.Encode(m, again), Show.Of(m)),
            SerfMessageType.ConflictResponse when SerfDecoder.TryDecode(message, out ConflictResponse m) =>
                Again(() => SerfEncoder.Encode(m, again), Show.Of(m)),
            _ => "undecodable",
        };
        Line(line);
        Compare(line, message, again.Memory);
        if (inner.IsEmpty) return;
        _depth++;
        WalkSerf(inner);
        _depth--;
    }

    private void WalkStreamUser(byte[] message)
    {
        MessageReader reader = new(message.AsMemory(1));
        UserMsgHeader header = PushPullDecoder.ReadUserHeader(ref reader);
        ReadOnlyMemory<byte> user = reader.Rest();
        Assert.Equal(header.UserMsgLen, user.Length);
        ArrayBufferWriter<byte> again = new();
        PushPullEncoder.EncodeUser(user.Span, again);
        Compare("user", message, again.WrittenMemory);
        Line($"user(8) {{UserMsgLen: {header.UserMsgLen}}}");
        _depth++;
        WalkSerf(user);
        _depth--;
    }

    private void WalkPushPull(byte[] message)
    {
        Assert.True(PushPullDecoder.TryDecode(message, _scratch, out PushPullState state));
        MessageReader reader = new(message.AsMemory(1));
        PushPullHeader header = PushPullDecoder.ReadHeader(ref reader);
        byte[] recordedState = message[^header.UserStateLen..];
        ArrayBufferWriter<byte> again = new();
        PushPullEncoder.Encode(state, recordedState, again);
        Compare("push/pull", message, again.WrittenMemory);
        Line($"pushPull(6) {{Join: {state.IsJoin}, Nodes: {header.Nodes}, UserStateLen: {header.UserStateLen}}}");
        _depth++;
        foreach (PushNodeState node in state.Nodes.ToArray()) Line(Show.Of(node));
        string outline = Show.Of(state.UserState);
        Line(outline);
        _depth--;

        // Unused slots of the event buffer are not sent again; but for them the bytes are those recorded.
        WireBuffer userState = new(64);
        SerfEncoder.Encode(state.UserState, userState);
        if (state.UserState.Events.IsEmpty) Compare("user state", WithoutNilEvents(recordedState), userState.Memory);
        Assert.True(PushPullDecoder.TryDecode(userState.Memory, new DecodeScratch(), out SerfPushPull decodedAgain));
        Assert.Equal(outline, Show.Of(decodedAgain));
    }

    private static byte[] WithoutNilEvents(byte[] userState)
    {
        byte[] slots = [0xdc, 0x02, 0x00, .. Enumerable.Repeat((byte)0xc0, 512)];
        int at = userState.AsSpan().IndexOf(slots);
        return at < 0 ? userState : [.. userState[..at], 0x90, .. userState[(at + slots.Length)..]];
    }

    private static string Again(Action encode, string outline)
    {
        encode();
        return outline;
    }

    private void Compare(string what, ReadOnlyMemory<byte> recorded, ReadOnlyMemory<byte> again)
    {
        if (recorded.Span.SequenceEqual(again.Span)) return;
        Differences.Add($"{what}\n  {Convert.ToHexStringLower(recorded.Span)}\n  {Convert.ToHexStringLower(again.Span)}");
    }

    private void Line(string text) => _lines.Add(new string(' ', 2 * _depth) + text);
}
