using System.Net;
using System.Net.Sockets;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Wire.Security;
using Xunit.Abstractions;

namespace Consul.Fast.Gossip.Tests.Node;

/// <summary>What a join says about the addresses that it did not reach, and that it always ends.</summary>
public sealed class JoinTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly NodeBed _bed = new(output);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _bed.StopAsync();

    [Fact]
    public async Task Addresses_are_tried_one_after_the_other_and_the_bad_ones_named()
    {
        GossipNode node = await _bed.StartAsync(NodeBed.Options("a")), other = await _bed.StartAsync(NodeBed.Options("b"));
        IPEndPoint nobody = new(IPAddress.Loopback, 1);
        JoinReport report = await NodeBed.InTime(node.JoinAsync([new(nobody), new(other.Advertised, "b"), new(nobody)]), "join");
        Assert.Equal(1, report.Joined);
        Assert.Equal([nobody, nobody], report.Failures.Select(static failure => failure.Address));
        Assert.All(report.Failures, failure => Assert.Equal($"dial tcp {nobody}: connect: connection refused", failure.Reason));
    }

    [Fact]
    public async Task A_peer_with_keys_is_not_joined_without()
    {
        GossipNode plain = await _bed.StartAsync(NodeBed.Options("a"));
        GossipNode secret = await _bed.StartAsync(NodeBed.Options("b", new Keyring(GossipKey.Generate())));
        Assert.Equal("Remote state is encrypted and encryption is not configured", await ReasonAsync(plain, secret.Advertised));
        Assert.Equal("Encryption is configured but remote state is not encrypted", await ReasonAsync(secret, plain.Advertised));
    }

    [Fact]
    public async Task A_refusal_of_our_own_is_told_in_its_words()
    {
        GossipNode strict = await _bed.StartAsync(NodeBed.Options("a") with { Admission = new OnlyMyself() });
        GossipNode other = await _bed.StartAsync(NodeBed.Options("b"));
        Assert.Equal("Member 'b' is not wanted", await ReasonAsync(strict, other.Advertised));
        Assert.Single(strict.Members);
    }

    [Fact]
    public async Task A_peer_that_says_nothing_is_given_up()
    {
        using Listener mute = new();
        GossipNodeOptions options = NodeBed.Options("a");
        GossipNode node = await _bed.StartAsync(options with
        {
            Swim = options.Swim with { StreamTimeout = TimeSpan.FromMilliseconds(300) },
        });
        string reason = await ReasonAsync(node, mute.Address);
        Assert.StartsWith("read tcp 127.0.0.1:", reason, StringComparison.Ordinal);
        Assert.EndsWith($"->{mute.Address}: i/o timeout", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_hangs_up_is_named_so()
    {
        using Listener mute = new();
        GossipNode node = await _bed.StartAsync(NodeBed.Options("a"));
        Task<string> reason = ReasonAsync(node, mute.Address);
        await mute.HangUpAsync();
        Assert.Equal("EOF", await reason);
    }

    [Fact]
    public async Task Whoever_waits_is_cancelled_when_the_node_stops()
    {
        using Listener mute = new();
        GossipNode node = await _bed.StartAsync(NodeBed.Options("a"));
        Task<JoinReport> join = node.JoinAsync([new JoinAddress(mute.Address)]);
        PoolQuery? query = await NodeBed.InTime(node.QueryAsync(new PoolQueryRequest("q", default)), "query");
        await mute.ConnectedAsync();
        await node.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => NodeBed.InTime(join, "join"));
        Assert.False(await NodeBed.InTime(query!.Answers.WaitToReadAsync().AsTask(), "answers"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => NodeBed.InTime(node.StatisticsAsync(), "statistics"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => NodeBed.InTime(node.LeaveAsync(), "leave"));
    }

    [Fact]
    public async Task After_a_departure_nobody_is_joined()
    {
        GossipNode node = await _bed.StartAsync(NodeBed.Options("a")), other = await _bed.StartAsync(NodeBed.Options("b"));
        Assert.True(await NodeBed.InTime(node.LeaveAsync(), "leave"));
        Assert.Equal("Serf can't join after Leave or Shutdown", await ReasonAsync(node, other.Advertised));
        Assert.False(await NodeBed.InTime(node.LeaveAsync(), "second leave"));
    }

    private static async Task<string> ReasonAsync(GossipNode node, IPEndPoint address)
    {
        JoinReport report = await NodeBed.InTime(node.JoinAsync([new JoinAddress(address)]), "join");
        Assert.Equal(0, report.Joined);
        return Assert.Single(report.Failures).Reason;
    }

    private sealed class OnlyMyself : IPoolAdmission
    {
        public bool Admits(Member candidate) => candidate.Name == "a";

        public bool AdmitsMerge(IReadOnlyList<Member> members) => MergeRefusal(members) is null;

        public string? MergeRefusal(IReadOnlyList<Member> members)
        {
            string? stranger = members.FirstOrDefault(static member => member.Name != "a")?.Name;
            return stranger is null ? null : $"Member '{stranger}' is not wanted";
        }
    }

    /// <summary>Takes connections and says nothing.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task<Socket> _accepted;

        public Listener()
        {
            _listener.Start();
            _accepted = _listener.AcceptSocketAsync();
        }

        public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

        public Task<Socket> ConnectedAsync() => NodeBed.InTime(_accepted, "connection");

        /// <summary>Reads what comes and closes in order.</summary>
        public async Task HangUpAsync()
        {
            using Socket socket = await ConnectedAsync();
            Assert.True(await NodeBed.InTime(socket.ReceiveAsync(new byte[65536]), "request") > 0);
            socket.Shutdown(SocketShutdown.Both);
        }

        public void Dispose() => _listener.Dispose();
    }
}
