using System.Buffers;
using Consul.Fast.Gossip.Core.Broadcasts;
using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Options;

namespace Consul.Fast.Gossip.Core;

/// <summary>What the parts of one core share.</summary>
internal sealed class CoreContext(CoreSettings settings, IGossipCodec codec, IPoolPolicy policy, IGossipOutput output)
{
    public CoreSettings Settings { get; } = settings;

    public SwimOptions Swim { get; } = settings.Swim;

    public SerfOptions Serf { get; } = settings.Serf;

    public IGossipCodec Codec { get; } = codec;

    public IPoolPolicy Policy { get; } = policy;

    public IGossipOutput Output { get; } = output;

    public SeededRandom Random { get; } = new(settings.Seed);

    public TimerHeap Timers { get; } = new();

    public MemberTable Members { get; } = new();

    public BroadcastPool Broadcasts { get; } = new();

    /// <summary>For encoding small messages; whoever uses it clears it first.</summary>
    public ArrayBufferWriter<byte> Scratch { get; } = new(256);

    /// <summary>Time of the input being processed; never goes back.</summary>
    public TimeSpan Now { get; set; }

    public byte[] Name => Settings.Name;

    public bool IsMyName(ReadOnlyMemory<byte> name) => name.Span.SequenceEqual(Settings.Name);

    public void Warn(WarningKind kind, ReadOnlyMemory<byte> node, GossipAddress address = default) =>
        Output.Warn(new Warning(kind, node, address));
}
