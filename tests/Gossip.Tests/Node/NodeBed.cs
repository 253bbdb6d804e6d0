using System.Diagnostics;
using System.Net;
using System.Text;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Wire.Security;
using Xunit.Abstractions;

namespace Consul.Fast.Gossip.Tests.Node;

/// <summary>Real nodes on loopback with fast timing; its end stops them all.</summary>
internal sealed class NodeBed(ITestOutputHelper output) : IAsyncDisposable
{
    private readonly TestLog _log = new(output);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private readonly List<GossipNode> _nodes = [];

    public static GossipNodeOptions Options(string name, Keyring? keyring = null) => new()
    {
        Name = name,
        Bind = new IPEndPoint(IPAddress.Loopback, 0),
        Tags = [new("role", "test"), new("zone", name)],
        // Of the local profile, which sends news only twice, some would arrive with the next exchange of states only.
        Swim = SwimOptions.ConsulLan.ForDevelopment(),
        Serf = SerfOptions.Default with { LeavePropagateDelay = TimeSpan.FromMilliseconds(200) },
        Keyring = keyring,
    };

    public async Task<GossipNode> StartAsync(GossipNodeOptions options)
    {
        GossipNode node = await InTime(GossipNode.StartAsync(options, _log.For(options.Name)), "start");
        _nodes.Add(node);
        return node;
    }

    /// <summary>Starts nodes a, b, ... and joins them.</summary>
    public async Task<GossipNode[]> PoolAsync(
        int count, Func<Keyring>? keyring = null, Func<GossipNodeOptions, GossipNodeOptions>? change = null)
    {
        for (int i = 0; i < count; i++)
        {
            GossipNodeOptions options = Options(((char)('a' + i)).ToString(), keyring?.Invoke());
            GossipNode node = await StartAsync(change?.Invoke(options) ?? options);
            if (i > 0) Assert.Equal(1, (await JoinAsync(node, _nodes[0])).Joined);
        }

        foreach (GossipNode node in _nodes)
        {
            await TrueAsync(() => node.Members.Count(static m => m.Status == MemberStatus.Alive) == count, "all members alive");
        }

        return [.. _nodes];
    }

    public static Task<JoinReport> JoinAsync(GossipNode node, GossipNode other) =>
        InTime(node.JoinAsync([new JoinAddress(other.Advertised)]), "join");

    /// <summary>The result of a task that has to end.</summary>
    public static async Task<T> InTime<T>(Task<T> task, string what)
    {
        await Task.WhenAny(task, Task.Delay(s_limit));
        Assert.True(task.IsCompleted, $"no end: {what}");
        return await task;
    }

    public static MemberStatus StatusOf(GossipNode node, string name) =>
        node.Members.FirstOrDefault(member => member.Name == name)?.Status ?? MemberStatus.None;

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < s_limit, what);
            await Task.Delay(10);
        }
    }

    /// <summary>Reads events until one of the type fits.</summary>
    public static async Task<T> EventAsync<T>(GossipNode node, Func<T, bool> fits)
        where T : PoolEvent
    {
        using var limit = new CancellationTokenSource(s_limit);
        while (true)
        {
            if (await node.Events.ReadAsync(limit.Token) is T found && fits(found)) return found;
        }
    }

    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public async ValueTask DisposeAsync()
    {
        foreach (GossipNode node in _nodes) await node.DisposeAsync().AsTask().WaitAsync(s_limit);
    }
}
