using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Wire.Packets;

namespace Consul.Fast.Gossip.Tests.Node;

/// <summary>The order of news, and what happens when there is too much of it.</summary>
public sealed class MessageBacklogTests
{
    private readonly MessageBacklog _backlog = new();

    [Fact]
    public void Who_is_alive_comes_first()
    {
        Add(MessageType.Suspect, 1);
        Add(MessageType.Alive, 2);
        Add(MessageType.User, 3);
        Add(MessageType.Alive, 4);
        Assert.Equal([2, 4, 1, 3], Drain());
        Add(MessageType.Dead, 5);
        Assert.Equal([5], Drain());
    }

    [Fact]
    public void Each_lane_is_bounded()
    {
        for (int i = 0; i < MessageBacklog.DepthMax + 10; i++) Add(MessageType.Dead, 1);
        Add(MessageType.Alive, 2);
        List<byte> drained = Drain();
        Assert.Equal(MessageBacklog.DepthMax + 1, drained.Count);
        Assert.Equal(2, drained[0]);
        Assert.Equal(10, _backlog.Dropped);
    }

    [Fact]
    public void All_bytes_together_are_bounded()
    {
        byte[] large = new byte[60_000];
        for (int i = 0; i < 100; i++) _backlog.Add(new PacketMessage(MessageType.User, large), default);
        Assert.Equal(MessageBacklog.BytesMax / large.Length, Drain().Count);
        Assert.Equal(100 - (MessageBacklog.BytesMax / large.Length), _backlog.Dropped);
    }

    private void Add(MessageType type, byte mark) => _backlog.Add(new PacketMessage(type, new[] { mark }), default);

    private List<byte> Drain()
    {
        List<byte> marks = [];
        while (_backlog.TryTake(out PacketMessage message, out _)) marks.Add(message.Bytes.Span[0]);
        return marks;
    }
}
