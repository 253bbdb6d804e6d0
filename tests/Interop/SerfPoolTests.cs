using System.Diagnostics;
using System.Net;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Tests.Node;
using Consul.Fast.Tests.Harness;
using Xunit.Abstractions;

namespace Consul.Fast.Interop.Tests;

/// <summary>Ten serf agents and five of our nodes in one pool, through what happens to pools.</summary>
public sealed class SerfPoolTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const int Ours = 5;
    private const int Theirs = 10;
    private const int Port = 7946;

    /// <summary>The first half of the agents lives on the first island, the other on the second, whose cable is pulled.</summary>
    private const int PerIsland = Theirs / 2;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<GossipNode> _nodes = [];
    private readonly List<SerfAgent> _agents = [];
    private NetworkLab? _lab;

    public async ValueTask DisposeAsync()
    {
        foreach (GossipNode node in _nodes) await node.DisposeAsync();
        foreach (SerfAgent agent in _agents) await agent.DisposeAsync();
        _lab?.Dispose();
    }

    [PeerFact(SerfAgent.Name)]
    public async Task A_pool_survives_kill_pause_partition_and_healing()
    {
        string[] islands = await StartAsync();
        string[] all = [.. Enumerable.Range(0, Ours).Select(static i => $"o{i}"), .. Enumerable.Range(0, Theirs).Select(static i => $"s{i}")];
        await SeenAsync("everybody is there", _nodes, _agents, all, "alive");

        SerfAgent killed = _agents[Theirs - 1], paused = _agents[0];
        killed.Kill();
        paused.Pause();
        SerfAgent[] running = [.. _agents.Where(agent => agent != killed && agent != paused)];
        await SeenAsync("the dead and the paused are missed", _nodes, running, ["s0", "s9"], "failed");

        paused.Resume();
        string[] living = [.. all.Where(static name => name != "s9")];
        SerfAgent[] alive = [.. _agents.Where(agent => agent != killed)];
        await SeenAsync("the paused is back", _nodes, alive, living, "alive");

        NetworkLab.Cut(islands[1]);
        string[] cutOff = [.. living.Where(static name => name[0] == 's' && name[1] - '0' >= PerIsland)];
        await SeenAsync("the island is missed", _nodes, alive[..PerIsland], cutOff, "failed");
        // Each of the few there doubts itself first, and takes its time for the last of the others.
        await Until.True(() => alive[PerIsland..].All(MissesOthers), "the island misses the others", s_limit);

        NetworkLab.Heal(islands[1]);
        await SeenAsync("the pool is whole again", _nodes, alive, living, "alive");
        await SeenAsync("the dead stays dead", _nodes, alive, ["s9"], "failed");

        GossipNode gone = _nodes[^1];
        Assert.True(await gone.LeaveAsync().WaitAsync(s_limit));
        await gone.DisposeAsync();
        await SeenAsync("a departure is no failure", _nodes[..^1], alive, ["o4"], "left");
    }

    /// <summary>Starts all; serf agents join one of our nodes, and our other nodes join serf agents.</summary>
    /// <returns>The islands.</returns>
    private async Task<string[]> StartAsync()
    {
        _lab = NetworkLab.Create(Ours);
        string[] islands = [_lab.AddIsland(101, PerIsland), _lab.AddIsland(101 + PerIsland, PerIsland)];
        TestLog log = new(output);
        for (int i = 0; i < Ours; i++)
        {
            string name = $"o{i}";
            GossipNodeOptions options = new()
            {
                Name = name,
                Bind = new IPEndPoint(_lab.Address(1 + i), Port),
                Tags = [new("role", "ours")],
                Swim = SwimOptions.Local with { RetransmitMult = 4 },
                Serf = SerfOptions.Default with { ReconnectInterval = TimeSpan.FromSeconds(2) },
            };
            _nodes.Add(await GossipNode.StartAsync(options, log.For(name)));
        }

        Task<SerfAgent>[] agents =
        [
            .. Enumerable.Range(0, Theirs).Select(i => SerfAgent.StartAsync(
                $"s{i}", new IPEndPoint(_lab.Address(101 + i), Port), islands[i / PerIsland], $"-join={_lab.Address(1)}:{Port}")),
        ];
        foreach (Task<SerfAgent> agent in agents) _agents.Add(await agent);
        for (int i = 1; i < Ours; i++)
        {
            JoinReport report = await _nodes[i].JoinAsync([new JoinAddress(_agents[i].Address)]).WaitAsync(s_limit);
            Assert.True(report.Joined == 1, string.Join('\n', report.Failures));
        }

        return islands;
    }

    /// <summary>Waits until all observers see all names in a status.</summary>
    private async Task SeenAsync(
        string what, IReadOnlyCollection<GossipNode> nodes, IReadOnlyCollection<SerfAgent> agents, IEnumerable<string> names, string status)
    {
        TimeSpan begin = _clock.Elapsed;
        string? wrong = "";
        try
        {
            await Until.True(() => (wrong = FirstWrong(nodes, agents, names, status)) is null, what, s_limit);
        }
        catch (TimeoutException)
        {
            foreach (SerfAgent agent in agents) output.WriteLine($"--- {agent.Address}\n{agent.Output}");
            Assert.Fail($"{what}: {wrong}");
        }

        output.WriteLine($"{what}: {(_clock.Elapsed - begin).TotalSeconds:F1} s");
    }

    private static bool MissesOthers(SerfAgent islander) =>
        islander.Statuses().Any(static pair => pair.Key[0] == 'o' && pair.Value == "failed");

    private static string? FirstWrong(
        IReadOnlyCollection<GossipNode> nodes, IReadOnlyCollection<SerfAgent> agents, IEnumerable<string> names, string status)
    {
        foreach (GossipNode node in nodes)
        {
            Dictionary<string, MemberStatus> seen = node.Members.ToDictionary(static m => m.Name, static m => m.Status, StringComparer.Ordinal);
            foreach (string name in names)
            {
                string found = seen.TryGetValue(name, out MemberStatus member) ? member.ToString() : "unknown";
                if (!found.Equals(status, StringComparison.OrdinalIgnoreCase)) return $"{node.Local.Name} sees {name} {found}";
            }
        }

        foreach (SerfAgent agent in agents)
        {
            Dictionary<string, string> seen = agent.Statuses();
            foreach (string name in names)
            {
                string found = seen.GetValueOrDefault(name, "unknown");
                if (found != status) return $"{agent.Address} sees {name} {found}";
            }
        }

        return null;
    }
}
