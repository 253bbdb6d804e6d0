using System.Text;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Tests.Wire;

/// <summary>Messages of every kind with values from a seeded generator: small and large, present and absent.</summary>
internal sealed class WireSamples(int seed)
{
    private readonly Random _random = new(seed);

    public Ping Ping() => new(Number(), Bytes(40), Address(), Bytes(40));

    public IndirectPing IndirectPing() => new(Number(), Address(), Bytes(40), Flag(), Address(), Bytes(40));

    public AckResp AckResp() => new(Number(), Bytes(200));

    public NackResp NackResp() => new(Number());

    public Suspect Suspect() => new(Number(), Bytes(300), Bytes(40));

    public Dead Dead() => new(Number(), Bytes(40), Bytes(300));

    public Alive Alive() => new(Number(), Bytes(40), Address(), Bytes(512), Flag() ? Versions() : default);

    public UserEvent UserEvent() => new(Number(), Bytes(40), Bytes(400), Flag());

    public Query Query() => new(
        Number(), Number(), Address(), Bytes(40), Items(4, () => Bytes(60)), (QueryFlags)_random.Next(4), (byte)_random.Next(6),
        TimeSpan.FromTicks(_random.NextInt64(1L << 40)), Bytes(40), Bytes(400));

    public PushPullState PushPull() => new(
        Flag(),
        Items(6, () => new PushNodeState(Bytes(40), Address(), Bytes(300), Number(), (NodeState)_random.Next(4), Versions())),
        HasUserState: true,
        new SerfPushPull(
            Number(),
            Items(6, () => new StatusLTime(Bytes(40), Number())),
            Items(3, () => Bytes(40)),
            Number(),
            Items(4, () => new BufferedEvents(Number(), Items(3, () => new BufferedEvent(Bytes(40), Bytes(100))))),
            Number()));

    public KeyResponse KeyResponse() => new(Flag(), Bytes(60), Items(3, () => Bytes(44)), Bytes(44));

    private VersionVector Versions() => new(1, 5, 2, 2, 5, (byte)_random.Next(256));

    private bool Flag() => _random.Next(2) == 0;

    private uint Number() => (uint)(_random.NextInt64(1L << 32) >> _random.Next(32));

    private GossipAddress Address()
    {
        byte[] bytes = new byte[_random.Next(3) switch { 0 => 0, 1 => 4, _ => 16 }];
        _random.NextBytes(bytes);
        GossipAddress.TryFrom(bytes, (ushort)(_random.Next(1 << 16) >> _random.Next(17)), out GossipAddress address);
        return address;
    }

    private ReadOnlyMemory<byte> Bytes(int max)
    {
        StringBuilder text = new();
        for (int length = _random.Next(max + 1); length > 0; length--) text.Append((char)_random.Next(' ', '~' + 1));
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private T[] Items<T>(int max, Func<T> one) => [.. Enumerable.Range(0, _random.Next(max + 1)).Select(_ => one())];
}
