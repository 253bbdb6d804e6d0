using System.Text;
using BenchmarkDotNet.Attributes;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Streams;

namespace Consul.Fast.Perf.Micro;

/// <summary>The whole state of a pool of a thousand: what every exchange by stream costs each side.</summary>
[MemoryDiagnoser]
public class GossipStateBenchmarks
{
    private const int Members = 1000;
    private readonly StreamMessageWriter _compressing = new(new WireSettings(), null);
    private readonly StreamMessageWriter _plain = new(new WireSettings { Compress = false }, null);
    private readonly DecodeScratch _scratch = new();
    private PushPullState _state;
    private byte[] _encoded = [];

    [GlobalSetup]
    public void Setup()
    {
        byte[] meta = GossipSamples.ServerMeta();
        var nodes = new PushNodeState[Members];
        var statuses = new StatusLTime[Members];
        for (int i = 0; i < Members; i++)
        {
            byte[] name = Encoding.ASCII.GetBytes($"node-{i}");
            GossipAddress address = GossipAddress.IPv4(10, 0, (byte)(i >> 8), (byte)i, 8301);
            nodes[i] = new PushNodeState(name, address, meta, 1, NodeState.Alive, VersionVector.Consul);
            statuses[i] = new StatusLTime(name, (ulong)i);
        }

        _state = new PushPullState(false, nodes, HasUserState: true, new SerfPushPull(1, statuses, default, 1, default, 1));
        _encoded = _plain.Write(_state, isReply: true).ToArray();
    }

    [Benchmark]
    public int EncodeState() => _plain.Write(_state, isReply: true).Length;

    [Benchmark]
    public int EncodeCompressedState() => _compressing.Write(_state, isReply: true).Length;

    [Benchmark]
    public int DecodeState() => PushPullDecoder.TryDecode(_encoded, _scratch, out PushPullState state) ? state.Nodes.Length : -1;
}
