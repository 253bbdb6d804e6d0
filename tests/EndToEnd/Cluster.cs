using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Agents of one machine that find failures within a second or two; ends them all.</summary>
internal sealed class Cluster : IDisposable
{
    private const string Gossip = """
        "gossip_lan":{"gossip_interval":"20ms","probe_interval":"200ms","probe_timeout":"100ms","suspicion_mult":2},
        "gossip_wan":{"gossip_interval":"20ms","probe_interval":"200ms","probe_timeout":"100ms","suspicion_mult":2},
        "performance":{"raft_multiplier":1,"leave_drain_time":"10ms"}
        """;

    private readonly List<Agent> _agents = [];

    /// <summary>A server that leads.</summary>
    /// <param name="config">More keys of the configuration, without braces.</param>
    public async Task<Agent> ServerAsync(string name, string config = "", params string[] flags)
    {
        Agent agent = Agent.Launch(new AgentOptions { NodeName = name, Config = Config(config), Flags = flags });
        _agents.Add(agent);
        await agent.WaitForLeader();
        return agent;
    }

    /// <summary>A client agent that knows nobody yet.</summary>
    public async Task<Agent> ClientAsync(string name, string config = "", params string[] flags)
    {
        string data = Path.Combine(Leftovers.NewFolder(name), "data");
        string[] own = [$"-node={name}", "-bind=127.0.0.1", "-client=127.0.0.1", $"-data-dir={data}"];
        Agent agent = Agent.Launch(new AgentOptions
        {
            NodeName = name,
            Server = false,
            DataDir = data,
            Config = Config(config),
            Flags = [.. own, .. flags],
        });
        _agents.Add(agent);
        await Running(agent);
        return agent;
    }

    /// <summary>A client agent that has joined the pool of another agent.</summary>
    public async Task<Agent> JoinedClientAsync(string name, Agent other)
    {
        Agent agent = await ClientAsync(name);
        Answer answer = await agent.Api.Put($"/v1/agent/join/{other.LanAddress}");
        Assert.Equal((200, ""), (answer.Status, answer.Text));
        return agent;
    }

    public static Task Running(Agent agent) => Until.True(() => agent.Output.Contains("Consul agent running!"), $"{agent.Name} runs");

    /// <summary>Waits until an agent sees a member like this.</summary>
    /// <param name="status">The number of the API: 1 alive, 3 left, 4 failed; 0 for not at all.</param>
    public static Task Sees(Agent agent, string member, int status, string query = "") => Until.True(
        async () => await StatusOf(agent, member, query) == status, $"{agent.Name} sees {member} with status {status}");

    /// <summary>Waits until the catalog of an agent's servers shows the health of a node like this; null for no such node.</summary>
    public static Task Health(Agent agent, string node, string? status) => Until.True(
        async () => (await agent.Api.Get($"/v1/health/node/{node}")) is { Status: 200 } answer && SerfHealth(answer.Json) == status,
        $"the health of {node} is {status ?? "gone"}");

    public void Dispose()
    {
        foreach (Agent agent in _agents) agent.Dispose();
    }

    private static string Config(string more) => more.Length == 0 ? $"{{{Gossip}}}" : $"{{{Gossip},{more}}}";

    private static async Task<int> StatusOf(Agent agent, string member, string query)
    {
        foreach (JsonElement each in (await agent.Api.Get($"/v1/agent/members{query}")).Json.EnumerateArray())
        {
            if (each.GetProperty("Name").GetString() == member) return each.GetProperty("Status").GetInt32();
        }

        return 0;
    }

    private static string? SerfHealth(JsonElement checks) => checks.EnumerateArray()
        .Where(static check => check.GetProperty("CheckID").GetString() == "serfHealth")
        .Select(static check => check.GetProperty("Status").GetString()).FirstOrDefault();
}
