using System.Net;
using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Transport;
using Consul.Fast.Net.Datagrams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Gossip.Tests.Node;

/// <summary>The order in which packets leave, and what is known of pings that do not.</summary>
public sealed class PacketSenderTests : IDisposable
{
    private static readonly PeerAddress s_peer = PeerAddress.From(new IPEndPoint(IPAddress.Loopback, 9));
    private readonly Endpoint _endpoint = new();
    private readonly PacketSender _sender;
    private int _wakes;

    public PacketSenderTests() => _sender = new PacketSender(_endpoint, () => _wakes++);

    public void Dispose() => _sender.Dispose();

    [Fact]
    public void Answers_refutations_and_probes_leave_before_the_rest()
    {
        Add(Urgency.Gossip, 1);
        Add(Urgency.Answer, 2);
        Add(Urgency.Response, 3);
        Add(Urgency.Refutation, 4);
        _sender.Flush();
        Assert.Equal([2, 4, 1, 3], _endpoint.Sent);
    }

    [Fact]
    public void While_the_system_takes_none_a_bounded_number_waits_and_urgent_ones_overtake()
    {
        _endpoint.Gate = new TaskCompletionSource();
        Add(Urgency.Gossip, 1);
        _sender.Flush();
        for (int i = 0; i < 600; i++) Add(Urgency.Gossip, 2);
        Add(Urgency.Answer, 3);
        Assert.Equal(600 - 512, _sender.Dropped);
        TaskCompletionSource gate = _endpoint.Gate;
        _endpoint.Gate = null;
        gate.SetResult();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _wakes) > 0, TimeSpan.FromSeconds(20)), "woken");
        _sender.Flush();
        Assert.Equal([1, 3, 2], _endpoint.Sent.Take(3));
        Assert.Equal(514, _endpoint.Sent.Count);
    }

    [Fact]
    public void Pings_that_the_system_refuses_are_told()
    {
        using IDatagramEndpoint real = DatagramEndpoint.Bind(
            new DatagramOptions { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0) }, NullLogger.Instance);
        using PacketSender sender = new(real, static () => { });
        sender.Add(Urgency.Probe, PeerAddress.From(real.LocalEndPoint), [1], 76);
        sender.Add(Urgency.Probe, PeerAddress.From(new IPEndPoint(IPAddress.IPv6Loopback, 9)), [1], 77);
        sender.Flush();
        Assert.True(sender.TryTakeUnsentPing(out uint seqNo, out bool isLocalFault));
        Assert.Equal((77u, false), (seqNo, isLocalFault));
        Assert.False(sender.TryTakeUnsentPing(out _, out _));
        real.Dispose();
        sender.Add(Urgency.Probe, s_peer, [1], 78);
        sender.Flush();
        Assert.True(sender.TryTakeUnsentPing(out seqNo, out isLocalFault));
        Assert.Equal((78u, true), (seqNo, isLocalFault));
    }

    private void Add(Urgency urgency, byte mark, uint ping = 0) => _sender.Add(urgency, s_peer, [mark], ping);

    /// <summary>A network in memory.</summary>
    private sealed class Endpoint : IDatagramEndpoint
    {
        public List<byte> Sent { get; } = [];

        public TaskCompletionSource? Gate { get; set; }

        public IPEndPoint LocalEndPoint => new(IPAddress.Loopback, 1);

        public DatagramMode Mode => DatagramMode.Portable;

        public DatagramStatistics Statistics => default;

        public ValueTask<int> ReceiveAsync(DatagramBatch batch) => new(0);

        public DatagramStatus Send(PeerAddress to, ReadOnlySpan<byte> payload) => DatagramStatus.Sent;

        public async ValueTask<int> SendAsync(DatagramBatch batch)
        {
            for (int i = 0; i < batch.Count; i++) Sent.Add(batch.Payload(i)[0]);
            if (Gate is not null) await Gate.Task;
            return batch.Count;
        }

        public void Dispose()
        {
        }
    }
}
