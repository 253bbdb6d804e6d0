using System.Net;
using System.Text;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Tests.Node;
using Consul.Fast.Gossip.Wire.Security;
using Consul.Fast.Tests.Harness;
using Xunit.Abstractions;

namespace Consul.Fast.Interop.Tests;

/// <summary>Our node and a real Serf agent in one pool.</summary>
public sealed class SerfTests(ITestOutputHelper output)
{
    private readonly TestLog _log = new(output);

    /// <summary>We join, and they join, at the same time: most of it is waiting.</summary>
    [PeerTheory(SerfAgent.Name)]
    [InlineData(false)]
    [InlineData(true)]
    public Task Pool_lives(bool encrypted) => Task.WhenAll(LiveAsync(encrypted, theyJoin: false), LiveAsync(encrypted, theyJoin: true));

    [PeerFact(SerfAgent.Name)]
    public Task Our_end_is_seen() => Task.WhenAll(EndAsync(leave: true, "left"), EndAsync(leave: false, "failed"));

    private async Task LiveAsync(bool encrypted, bool theyJoin)
    {
        GossipKey key = GossipKey.Generate();
        await using GossipNode node = await StartAsync(encrypted ? new Keyring(key) : null);
        string[] encrypt = encrypted ? [$"-encrypt={key.ToBase64()}"] : [];
        string[] join = theyJoin ? [$"-join={node.Advertised}"] : [];
        await using SerfAgent serf = await SerfAgent.StartAsync("theirs", [.. encrypt, .. join]);
        if (!theyJoin) Assert.Equal(1, (await node.JoinAsync([new JoinAddress(serf.Address)]).WaitAsync(Until.Deadline)).Joined);
        await Until.True(() => StatusOf(node) == MemberStatus.Alive, "serf is seen");
        await Until.True(() => serf.Member("ours").Contains("alive", StringComparison.Ordinal), "we are seen");
        Assert.Equal("peer", node.Members.Single(static member => member.Name == "theirs").Tag("role"));
        Assert.Contains("flavour=fast", serf.Member("ours"), StringComparison.Ordinal);

        await CrossTagsAsync(node, serf);
        await CrossEventsAsync(node, serf);
        await CrossQueriesAsync(node, serf);
        if (encrypted) await RotateAsync(node, serf);
        if (theyJoin) Assert.Equal(0, serf.Call("leave").Exit);
        else serf.Kill();
        await Until.True(() => StatusOf(node) == (theyJoin ? MemberStatus.Left : MemberStatus.Failed), "the end of serf is seen");
    }

    private async Task EndAsync(bool leave, string status)
    {
        await using GossipNode node = await StartAsync(null);
        await using SerfAgent serf = await SerfAgent.StartAsync("theirs");
        Assert.Equal(1, (await node.JoinAsync([new JoinAddress(serf.Address)]).WaitAsync(Until.Deadline)).Joined);
        await Until.True(() => serf.Member("ours").Contains("alive", StringComparison.Ordinal), "we are seen");
        if (leave) Assert.True(await node.LeaveAsync().WaitAsync(Until.Deadline));
        await node.DisposeAsync();
        await Until.True(() => serf.Member("ours").Contains(status, StringComparison.Ordinal), "our end is seen");
    }

    private Task<GossipNode> StartAsync(Keyring? keyring) => GossipNode.StartAsync(
        new GossipNodeOptions
        {
            Name = "ours",
            Bind = new IPEndPoint(IPAddress.Loopback, 0),
            Tags = [new("flavour", "fast")],
            // Of the local profile, but news that gets lost would wait for the next exchange of states.
            Swim = SwimOptions.Local with { RetransmitMult = 4 },
            Serf = SerfOptions.Default,
            Keyring = keyring,
        },
        _log.For("ours"));

    private static MemberStatus StatusOf(GossipNode node) =>
        node.Members.FirstOrDefault(static member => member.Name == "theirs")?.Status ?? MemberStatus.None;

    private static async Task<T> NextAsync<T>(GossipNode node, Func<T, bool> fits)
        where T : PoolEvent
    {
        using var limit = new CancellationTokenSource(Until.Deadline);
        while (true)
        {
            if (await node.Events.ReadAsync(limit.Token) is T found && fits(found)) return found;
        }
    }

    private static async Task CrossTagsAsync(GossipNode node, SerfAgent serf)
    {
        Assert.True(await node.UpdateTagsAsync([new("flavour", "faster")]).WaitAsync(Until.Deadline));
        await Until.True(() => serf.Member("ours").Contains("flavour=faster", StringComparison.Ordinal), "our new tag");
        Assert.Equal(0, serf.Call("tags", "-set", "role=changed").Exit);
        await Until.True(() => node.Members.Single(static member => member.Name == "theirs").Tag("role") == "changed", "their new tag");
    }

    private static async Task CrossEventsAsync(GossipNode node, SerfAgent serf)
    {
        Assert.Null(await node.FireEventAsync("from-us", Encoding.UTF8.GetBytes("payload"), canCoalesce: false).WaitAsync(Until.Deadline));
        await Until.True(() => serf.SawEvent("from-us"), "our event");
        Assert.Equal(0, serf.Call("event", "-coalesce=false", "from-them", "their payload").Exit);
        UserPoolEvent theirs = await NextAsync<UserPoolEvent>(node, static e => e.Name == "from-them");
        Assert.Equal("their payload", Encoding.UTF8.GetString(theirs.Payload.Span));
    }

    private static async Task CrossQueriesAsync(GossipNode node, SerfAgent serf)
    {
        PoolQuery query = (await node.QueryAsync(new PoolQueryRequest("echo", default) { Nodes = ["theirs"], WantsAck = true }).WaitAsync(Until.Deadline))!;
        List<PoolAnswer> answers = [];
        using var limit = new CancellationTokenSource(Until.Deadline);
        await foreach (PoolAnswer answer in query.Answers.ReadAllAsync(limit.Token)) answers.Add(answer);
        Assert.Equal("from-theirs", Encoding.UTF8.GetString(Assert.Single(answers).Payload.Span).Trim());
        Assert.Equal("theirs", await query.Acks.ReadAsync(limit.Token));

        Task<(int Exit, string Text)> asked = Task.Run(() => serf.Call("query", "-node=ours", "-timeout=3s", "from-them"));
        QueryPoolEvent theirs = await NextAsync<QueryPoolEvent>(node, static e => e.Name == "from-them");
        Assert.Null(await theirs.RespondAsync(Encoding.UTF8.GetBytes("hello")));
        Assert.Contains("hello", (await asked).Text, StringComparison.Ordinal);
    }

    private static async Task RotateAsync(GossipNode node, SerfAgent serf)
    {
        GossipKey second = GossipKey.Generate();
        KeyReport installed = (await node.InstallKeyAsync(second).WaitAsync(Until.Deadline))!;
        Assert.Equal((2, 0), (installed.Answers, installed.Errors));
        Assert.Equal(0, (await node.UseKeyAsync(second).WaitAsync(Until.Deadline))!.Errors);
        GossipKey third = GossipKey.Generate();
        foreach (string step in new[] { "-install", "-use" }) Assert.Equal(0, serf.Call("keys", $"{step}={third.ToBase64()}").Exit);
        Assert.Equal(0, serf.Call("keys", $"-remove={second.ToBase64()}").Exit);
        KeyReport list = (await node.ListKeysAsync().WaitAsync(Until.Deadline))!;
        Assert.Equal(2, list.Keys[third.ToBase64()]);
        Assert.DoesNotContain(second.ToBase64(), list.Keys.Keys);
    }
}
