using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Agents of one machine that find failures within a second or two; ends them all.</summary>
internal sealed class Cluster : IDisposable
{
    internal const string Gossip = """
        "gossip_lan":{"gossip_interval":"20ms","probe_interval":"200ms","probe_timeout":"100ms","suspicion_mult":2},
        "gossip_wan":{"gossip_interval":"20ms","probe_interval":"200ms","probe_timeout":"100ms","suspicion_mult":2},
        "performance":{"raft_multiplier":1,"leave_drain_time":"10ms"}
        """;

    /// <summary>Not as short as it gets: the servers share the machine with all other tests.</summary>
    private const string ServerTimes = """
        "gossip_lan":{"gossip_interval":"50ms","probe_interval":"500ms","probe_timeout":"300ms","suspicion_mult":3},
        "performance":{"raft_multiplier":3,"leave_drain_time":"1s","rpc_hold_timeout":"20s"}
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

    /// <summary>Servers that have founded a cluster together.</summary>
    /// <param name="config">More keys of the configuration, without braces.</param>
    public async Task<Agent[]> ServersAsync(int count, string config = "")
    {
        Agent[] servers = [.. Enumerable.Range(1, count).Select(number => LaunchServer($"s{number}", count, config))];
        foreach (Agent server in servers) await Running(server);
        foreach (Agent server in servers.Skip(1)) (await server.Api.Put($"/v1/agent/join/{servers[0].LanAddress}")).Expect(200);
        foreach (Agent server in servers)
        {
            await Until.True(
                async () => await LeaderOf(server) is { Length: > 0 } && await PeersOf(server) == count, $"{server.Name} knows a leader");
        }

        return servers;
    }

    /// <summary>The server that leads, as another one sees it; null for none.</summary>
    public static async Task<Agent?> LeaderAsync(Agent asked, IEnumerable<Agent> servers)
    {
        string address = await LeaderOf(asked);
        return servers.FirstOrDefault(server => address == $"127.0.0.1:{server.ServerPort}");
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

    private Agent LaunchServer(string name, int expect, string config)
    {
        string data = Path.Combine(Leftovers.NewFolder(name), "data");
        Agent agent = Agent.Launch(new AgentOptions
        {
            NodeName = name,
            Server = false,
            DataDir = data,
            Config = config.Length == 0 ? $"{{{ServerTimes}}}" : $"{{{ServerTimes},{config}}}",
            Flags = ["-server", $"-bootstrap-expect={expect}", $"-node={name}", "-bind=127.0.0.1", "-client=127.0.0.1", $"-data-dir={data}"],
        });
        _agents.Add(agent);
        return agent;
    }

    private static async Task<string> LeaderOf(Agent agent) =>
        (await agent.Api.Get("/v1/status/leader")) is { Status: 200 } answer ? answer.Json.GetString()! : "";

    private static async Task<int> PeersOf(Agent agent) =>
        (await agent.Api.Get("/v1/status/peers")) is { Status: 200 } answer ? answer.Json.GetArrayLength() : 0;

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
