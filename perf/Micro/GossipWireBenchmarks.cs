using BenchmarkDotNet.Attributes;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Packets;
using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Perf.Micro;

/// <summary>
/// One gossip message to a whole datagram and back: what a node pays for each packet beside the socket. The alive message is a
/// Consul server's, with all its tags.
/// </summary>
[MemoryDiagnoser]
public class GossipWireBenchmarks
{
    private WireSettings _settings = null!;
    private GossipCipher? _cipher;
    private PacketWriter _writer = null!;
    private PacketReader _reader = null!;
    private Ping _ping;
    private AckResp _ack;
    private Alive _alive;
    private ReadOnlyMemory<byte> _datagram;
    private byte[] _pingDatagram = [];
    private byte[] _ackDatagram = [];
    private byte[] _aliveDatagram = [];

    /// <summary>AES-256 or none.</summary>
    [Params(false, true)]
    public bool Encrypted { get; set; }

    [Params(false, true)]
    public bool Compress { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Keyring? ring = Encrypted ? new Keyring(GossipKey.Generate()) : null;
        _settings = new WireSettings { Keyring = ring, Compress = Compress };
        _cipher = ring is null ? null : new GossipCipher(ring);
        _writer = new PacketWriter(_settings, _cipher);
        _reader = new PacketReader(_settings, _cipher);
        GossipAddress address = GossipAddress.IPv4(10, 77, 0, 11, 8301);
        _ping = new Ping(4711, "server-1"u8.ToArray(), address, "client-1"u8.ToArray());
        _ack = new AckResp(4711, GossipSamples.PingPayload());
        _alive = new Alive(3, "server-1"u8.ToArray(), address, GossipSamples.ServerMeta(), VersionVector.Consul);
        EncodePing();
        _pingDatagram = _datagram.ToArray();
        EncodeAck();
        _ackDatagram = _datagram.ToArray();
        EncodeAlive();
        _aliveDatagram = _datagram.ToArray();
    }

    [GlobalCleanup]
    public void Cleanup() => _cipher?.Dispose();

    [Benchmark]
    public int EncodePing()
    {
        _writer.Begin();
        _writer.Add(_ping);
        return End(checksum: false);
    }

    [Benchmark]
    public int DecodePing()
    {
        _reader.Open(_pingDatagram);
        return _reader.TryNext(out PacketMessage message) && SwimDecoder.TryDecode(message.Bytes, out Ping ping) ? (int)ping.SeqNo : -1;
    }

    [Benchmark]
    public int EncodeAck()
    {
        _writer.Begin();
        _writer.Add(_ack);
        return End(checksum: false);
    }

    [Benchmark]
    public int DecodeAck()
    {
        _reader.Open(_ackDatagram);
        return _reader.TryNext(out PacketMessage message) && SwimDecoder.TryDecode(message.Bytes, out AckResp ack)
            && SerfDecoder.TryDecodePingPayload(ack.Payload.Span, out _) ? (int)ack.SeqNo : -1;
    }

    [Benchmark]
    public int EncodeAlive()
    {
        _writer.Begin();
        _writer.Add(_alive);
        return End(checksum: true);
    }

    [Benchmark]
    public int DecodeAlive()
    {
        _reader.Open(_aliveDatagram);
        return _reader.TryNext(out PacketMessage message) && SwimDecoder.TryDecode(message.Bytes, out Alive alive)
            ? (int)alive.Incarnation
            : -1;
    }

    private int End(bool checksum) => _writer.TryEnd(checksum, out _datagram) ? _datagram.Length : -1;
}
