using System.Text;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Wire.Security;
using Xunit.Abstractions;

namespace Consul.Fast.Gossip.Tests.Node;

/// <summary>Whole nodes that talk over the sockets of this machine.</summary>
public sealed class GossipNodeTests(ITestOutputHelper output) : IAsyncDisposable
{
    private readonly NodeBed _bed = new(output);

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    [Fact]
    public async Task Joined_nodes_see_each_other_and_their_tags()
    {
        GossipNode[] nodes = await _bed.PoolAsync(3);
        foreach (GossipNode node in nodes)
        {
            Assert.Equal(["a", "b", "c"], node.Members.Select(static member => member.Name));
            Assert.Equal(["a", "b", "c"], node.Members.Select(static member => member.Tag("zone")));
        }

        Assert.Equal("3", (await NodeBed.InTime(nodes[0].StatisticsAsync(), "StatisticsAsync"))["members"]);
    }

    [Fact]
    public async Task Nobody_there_is_reached_by_no_join()
    {
        GossipNode node = await _bed.StartAsync(NodeBed.Options("a"));
        GossipNode gone = await _bed.StartAsync(NodeBed.Options("b"));
        await gone.DisposeAsync();
        JoinReport report = await NodeBed.JoinAsync(node, gone);
        JoinFailure failure = Assert.Single(report.Failures);
        Assert.Equal((0, gone.Advertised), (report.Joined, failure.Address));
        Assert.Equal($"dial tcp {gone.Advertised}: connect: connection refused", failure.Reason);
    }

    [Fact]
    public async Task Events_reach_everybody_and_queries_are_answered()
    {
        GossipNode[] nodes = await _bed.PoolAsync(3);
        Assert.Null(await NodeBed.InTime(nodes[0].FireEventAsync("deploy", NodeBed.Bytes("v2"), canCoalesce: false), "FireEventAsync"));
        foreach (GossipNode node in nodes)
        {
            UserPoolEvent fired = await NodeBed.EventAsync<UserPoolEvent>(node, static e => e.Name == "deploy");
            Assert.Equal("v2", Encoding.UTF8.GetString(fired.Payload.Span));
        }

        PoolQuery? query = await NodeBed.InTime(nodes[1].QueryAsync(new PoolQueryRequest("load", default) { Tags = [new("zone", "^[ac]$")], WantsAck = true }), "QueryAsync");
        Assert.NotNull(query);
        foreach (GossipNode node in new[] { nodes[0], nodes[2] })
        {
            QueryPoolEvent asked = await NodeBed.EventAsync<QueryPoolEvent>(node, static e => e.Name == "load");
            Assert.Equal("b", asked.From);
            Assert.Null(await NodeBed.InTime(asked.RespondAsync(NodeBed.Bytes("0.5")), "RespondAsync"));
            Assert.NotNull(await NodeBed.InTime(asked.RespondAsync(NodeBed.Bytes("0.5")), "RespondAsync"));
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        HashSet<string> answers = [];
        await foreach (PoolAnswer answer in query.Answers.ReadAllAsync(limit.Token)) answers.Add(answer.From);
        Assert.Equal(["a", "c"], answers.Order());
        List<string> acks = [];
        await foreach (string ack in query.Acks.ReadAllAsync(limit.Token)) acks.Add(ack);
        Assert.Equal(["a", "c"], acks.Order());
    }

    [Fact]
    public async Task A_closed_node_is_found_failed_and_can_be_forgotten()
    {
        GossipNode[] nodes = await _bed.PoolAsync(3);
        await nodes[2].DisposeAsync();
        await NodeBed.TrueAsync(() => NodeBed.StatusOf(nodes[0], "c") == MemberStatus.Failed, "failure seen by a");
        await NodeBed.TrueAsync(() => NodeBed.StatusOf(nodes[1], "c") == MemberStatus.Failed, "failure seen by b");
        Assert.True(await NodeBed.InTime(nodes[0].ForceLeaveAsync("c", prune: true), "ForceLeaveAsync"));
        await NodeBed.TrueAsync(() => NodeBed.StatusOf(nodes[1], "c") == MemberStatus.None, "pruned");
    }

    [Fact]
    public async Task A_node_that_leaves_is_left_not_failed()
    {
        GossipNode[] nodes = await _bed.PoolAsync(3);
        Assert.True(await NodeBed.InTime(nodes[1].LeaveAsync(), "LeaveAsync"));
        await nodes[1].DisposeAsync();
        await NodeBed.TrueAsync(() => NodeBed.StatusOf(nodes[0], "b") == MemberStatus.Left, "left at a");
        await NodeBed.TrueAsync(() => NodeBed.StatusOf(nodes[2], "b") == MemberStatus.Left, "left at c");
    }

    [Fact]
    public async Task New_tags_spread()
    {
        GossipNode[] nodes = await _bed.PoolAsync(2);
        Assert.True(await NodeBed.InTime(nodes[0].UpdateTagsAsync([new("zone", "moved")]), "UpdateTagsAsync"));
        await NodeBed.TrueAsync(() => nodes[1].Members[0].Tag("zone") == "moved", "new tags");
        Assert.False(await NodeBed.InTime(nodes[0].UpdateTagsAsync([new("zone", new string('x', 600))]), "UpdateTagsAsync"));
    }

    [Fact]
    public async Task Keys_are_rotated_through_the_pool()
    {
        GossipKey first = GossipKey.Generate(), second = GossipKey.Generate(16);
        GossipNode[] nodes = await _bed.PoolAsync(3, () => new Keyring(first));
        GossipNode stranger = await _bed.StartAsync(NodeBed.Options("z"));
        Assert.Equal(0, (await NodeBed.JoinAsync(stranger, nodes[0])).Joined);

        Assert.Equal(0, (await NodeBed.InTime(nodes[0].InstallKeyAsync(second), "InstallKeyAsync"))!.Errors);
        Assert.Equal(0, (await NodeBed.InTime(nodes[1].UseKeyAsync(second), "UseKeyAsync"))!.Errors);
        Assert.Equal(0, (await NodeBed.InTime(nodes[2].RemoveKeyAsync(first), "RemoveKeyAsync"))!.Errors);
        KeyReport list = (await NodeBed.InTime(nodes[0].ListKeysAsync(), "ListKeysAsync"))!;
        Assert.Equal(3, list.Answers);
        Assert.Equal(3, Assert.Single(list.PrimaryKeys, pair => pair.Key == second.ToBase64()).Value);
        Assert.DoesNotContain(first.ToBase64(), list.Keys.Keys);
    }

    [Fact]
    public async Task A_restarted_node_returns_to_the_pool_of_its_snapshot()
    {
        string path = Path.Combine(Path.GetTempPath(), $"gossip-snapshot-{Guid.NewGuid():N}");
        try
        {
            GossipNode first = await _bed.StartAsync(NodeBed.Options("a"));
            GossipNode second = await _bed.StartAsync(NodeBed.Options("b") with { SnapshotPath = path });
            Assert.Equal(1, (await NodeBed.JoinAsync(second, first)).Joined);
            await NodeBed.TrueAsync(() => second.Members.Count == 2, "joined");
            await second.DisposeAsync();
            GossipNode again = await _bed.StartAsync(NodeBed.Options("b") with { SnapshotPath = path, Bind = second.Bound });
            await NodeBed.TrueAsync(() => NodeBed.StatusOf(again, "a") == MemberStatus.Alive, "rejoined");
            await NodeBed.TrueAsync(() => NodeBed.StatusOf(first, "b") == MemberStatus.Alive, "seen again");

            Assert.True(await NodeBed.InTime(again.LeaveAsync(), "LeaveAsync"));
            await again.DisposeAsync();
            Assert.Contains("leave\n", await File.ReadAllTextAsync(path), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
