using System.Globalization;
using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Servers of one datacenter as processes with ports of their own, that elect leaders quickly; ends them all.</summary>
internal sealed class ServerGroup : IDisposable
{
    private const string Common = Cluster.Gossip + ",\"retry_interval\":\"200ms\"";

    private const string QuickVotes = "\"server_stabilization_time\":\"1s\"";

    private readonly List<Agent> _all = [];
    private string _autopilot = QuickVotes;

    /// <summary>The servers that are meant to run.</summary>
    public List<Agent> Running { get; } = [];

    /// <summary>Servers that have founded a cluster together.</summary>
    /// <param name="config">More keys of the configuration of each, without braces.</param>
    /// <param name="autopilot">More settings of the autopilot.</param>
    public static async Task<ServerGroup> FoundAsync(int count, string config = "", string autopilot = "")
    {
        var group = new ServerGroup { _autopilot = autopilot.Length == 0 ? QuickVotes : $"{QuickVotes},{autopilot}" };
        try
        {
            for (int n = 1; n <= count; n++) group.Launch($"s{n}", config, $"-bootstrap-expect={count}");
            await group.AgreesAsync(count);
            return group;
        }
        catch
        {
            group.Dispose();
            throw;
        }
    }

    /// <summary>Starts a server that joins the first one that runs, and waits for nothing.</summary>
    /// <param name="dataDir">Data of a server that ran before; null for none.</param>
    /// <param name="bind">Its address.</param>
    public Agent Launch(string name, string config = "", string expect = "", string? dataDir = null, string bind = "127.0.0.1")
    {
        string data = dataDir ?? Path.Combine(Leftovers.NewFolder(name), "data");
        List<string> flags = ["-server", $"-node={name}", $"-bind={bind}", "-client=127.0.0.1", $"-data-dir={data}"];
        if (expect.Length > 0) flags.Add(expect);
        if (Running.Count > 0) flags.Add($"-retry-join={Running[0].LanAddress}");
        string keys = $"{Common},\"autopilot\":{{{_autopilot}}}";
        Agent agent = Agent.Launch(new AgentOptions
        {
            NodeName = name,
            Server = false,
            DataDir = data,
            Config = config.Length == 0 ? $"{{{keys}}}" : $"{{{keys},{config}}}",
            Flags = [.. flags],
        });
        _all.Add(agent);
        Running.Add(agent);
        return agent;
    }

    /// <summary>Waits until all running servers know the same leader, one of them, and so many servers.</summary>
    public async Task<Agent> AgreesAsync(int servers, TimeSpan? deadline = null)
    {
        Agent? leader = null;
        await Until.True(
            async () =>
            {
                leader = await LeaderAsync();
                if (leader is null) return false;
                foreach (Agent agent in Running)
                {
                    if ((await PeersAsync(agent)).Count != servers) return false;
                }

                return true;
            },
            $"{servers} servers with one leader",
            deadline);
        return leader!;
    }

    /// <summary>The running server that all running ones take for their leader, or null.</summary>
    public async Task<Agent?> LeaderAsync()
    {
        var seen = new HashSet<string>();
        foreach (Agent agent in Running) seen.Add(await AskAsync(agent, "/v1/status/leader"));
        return seen.Count == 1 ? Running.FirstOrDefault(agent => seen.First().EndsWith($":{agent.ServerPort}\"", StringComparison.Ordinal)) : null;
    }

    /// <summary>A running server that does not lead.</summary>
    public Agent Follower(Agent leader) => Running.First(agent => agent != leader);

    public async Task KillAsync(Agent agent)
    {
        Running.Remove(agent);
        await agent.KillAsync();
    }

    /// <summary>Starts a server again, as it was.</summary>
    public void Restart(Agent agent)
    {
        agent.Start();
        Running.Add(agent);
    }

    /// <summary>Addresses of the servers in an agent's configuration of Raft; empty when it does not answer.</summary>
    public static async Task<List<string>> PeersAsync(Agent agent)
    {
        string text = await AskAsync(agent, "/v1/status/peers");
        return text.StartsWith('[') ? [.. JsonDocument.Parse(text).RootElement.EnumerateArray().Select(static e => e.GetString()!)] : [];
    }

    /// <summary>The servers in an agent's configuration, by name.</summary>
    public static async Task<Dictionary<string, JsonElement>> ConfigurationAsync(Agent agent) =>
        (await agent.Api.Get("/v1/operator/raft/configuration?stale")).Expect(200).Json.GetProperty("Servers").EnumerateArray()
            .ToDictionary(static server => server.GetProperty("Node").GetString()!);

    /// <summary>A figure of an agent's Raft.</summary>
    public static async Task<string> RaftAsync(Agent agent, string figure) =>
        (await agent.Api.Get("/v1/agent/self")).Expect(200).Json.GetProperty("Stats").GetProperty("raft").GetProperty(figure).GetString()!;

    /// <summary>Writes a key through an agent; tries again while there is no leader.</summary>
    public static Task PutAsync(Agent agent, string key, string value) => Until.True(
        async () => (await agent.Api.Put($"/v1/kv/{key}", value)).Status == 200, $"{agent.Name} writes {key}");

    /// <summary>Waits until each running server has applied a key itself.</summary>
    public async Task HaveAsync(string key, string? value)
    {
        foreach (Agent agent in Running)
        {
            await Until.True(
                async () => await AskAsync(agent, $"/v1/kv/{key}?raw&stale") == (value ?? ""),
                $"{key} is {value ?? "gone"} on {agent.Name}");
        }
    }

    public void Dispose()
    {
        foreach (Agent agent in _all) agent.Dispose();
    }

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The answer, or nothing while the agent does not answer.</summary>
    private static async Task<string> AskAsync(Agent agent, string path)
    {
        try
        {
            Answer answer = await agent.Api.Get(path);
            return answer.Status == 200 ? answer.Text : "";
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }
}
