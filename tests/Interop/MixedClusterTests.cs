using System.Globalization;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests;

/// <summary>Servers of ours and real Consul servers in one Raft cluster.</summary>
public sealed class MixedClusterTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private static readonly string[] s_content =
    [
        "/v1/kv/?recurse&stale", "/v1/catalog/nodes?stale", "/v1/catalog/services?stale", "/v1/health/state/any?stale",
        "/v1/session/list?stale", "/v1/catalog/service/consul?stale",
    ];

    /// <summary>The odd one out stands for election first, so that both kinds lead in turn and send the other a snapshot.</summary>
    [PeerTheory(ConsulAgent.Name)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Both_kinds_lead_follow_and_send_snapshots(bool oddIsOurs)
    {
        List<MixedServer> servers = [];
        try
        {
            servers.Add(MixedServer.Launch("odd", oddIsOurs, join: null, multiplier: 1));
            servers.Add(MixedServer.Launch("first", !oddIsOurs, servers[0].LanAddress, multiplier: 3));
            servers.Add(MixedServer.Launch("second", !oddIsOurs, servers[0].LanAddress, multiplier: 3));
            await PassAsync(servers);
        }
        catch (Exception fault) when (fault is TimeoutException)
        {
            throw new InvalidOperationException(string.Join("\n\n", servers.Select(static s => $"=== {s.Name}\n{s.Output}")), fault);
        }
        finally
        {
            foreach (MixedServer server in servers) server.Dispose();
        }
    }

    private static async Task PassAsync(List<MixedServer> servers)
    {
        MixedServer odd = servers[0];
        await LeaderAsync(servers);
        await WriteAsync(servers, "founded");
        await SameAsync(servers);

        // The two others go on without the odd one, which then has to be sent a snapshot.
        MixedServer leader = await LeaderAsync(servers);
        await odd.KillAsync();
        leader = await LeaderAsync(servers);
        Assert.NotEqual(odd.IsOurs, leader.IsOurs);
        await WriteManyAsync(leader, "without-odd");
        odd.Restart(wiped: true);
        await PutAsync(odd, "back/odd", "1");
        await SameAsync(servers);

        // The odd one leads, and sends one of the others a snapshot.
        await AllVoteAsync(servers);
        leader = await LeaderAsync(servers);
        while (leader != odd)
        {
            MixedServer killed = leader;
            await killed.KillAsync();
            leader = await LeaderAsync(servers);
            if (leader == odd)
            {
                await WriteManyAsync(odd, "odd-leads");
                killed.Restart(wiped: true);
                await PutAsync(killed, "back/other", "1");
                break;
            }

            killed.Restart(wiped: false);
            await AllVoteAsync(servers);
        }

        await WriteAsync(servers, "all-back");
        await SameAsync(servers);
        Assert.Equal(odd, await LeaderAsync(servers));
    }

    /// <summary>The server that all running ones take for their leader.</summary>
    private static async Task<MixedServer> LeaderAsync(List<MixedServer> servers)
    {
        MixedServer? leader = null;
        await Until.True(
            async () =>
            {
                var seen = new HashSet<string>();
                foreach (MixedServer server in servers.Where(static s => s.Runs)) seen.Add(await server.AskAsync("/v1/status/leader"));
                leader = seen.Count == 1 ? servers.FirstOrDefault(server => server.Runs && server.IsAt(seen.First())) : null;
                return leader is not null;
            },
            "one leader",
            s_deadline);
        return leader!;
    }

    private static Task AllVoteAsync(List<MixedServer> servers) => Until.True(
        async () => (await servers[0].AskAsync("/v1/operator/raft/configuration")).Split("\"Voter\":true").Length == servers.Count + 1,
        "all have a vote",
        s_deadline);

    /// <summary>Writes of several kinds through each server.</summary>
    private static async Task WriteAsync(List<MixedServer> servers, string prefix)
    {
        foreach (MixedServer server in servers)
        {
            await PutAsync(server, $"{prefix}/{server.Name}", "value");
            await Until.True(
                () => server.PutAsync("/v1/agent/service/register", $$"""{"Name":"{{prefix}}-{{server.Name}}","Port":80,"Tags":["a"]}"""),
                $"a service of {server.Name}",
                s_deadline);
            await Until.True(() => server.PutAsync("/v1/session/create", $$"""{"Name":"{{prefix}}"}"""), $"a session of {server.Name}", s_deadline);
        }

        // Travels in several pieces.
        await PutAsync(servers[^1], $"{prefix}/large", new string('y', 500_000));
    }

    /// <summary>More than the logs keep behind a snapshot.</summary>
    private static async Task WriteManyAsync(MixedServer leader, string prefix)
    {
        for (int n = 0; n < 150; n++) await PutAsync(leader, $"{prefix}/{n.ToString(CultureInfo.InvariantCulture)}", "value");
        await Until.True(
            async () => !(await leader.AskAsync("/v1/agent/self")).Contains("\"last_snapshot_index\":\"0\"", StringComparison.Ordinal),
            "a snapshot of the leader",
            s_deadline);
        for (int n = 0; n < 150; n++) await PutAsync(leader, $"{prefix}/more/{n.ToString(CultureInfo.InvariantCulture)}", "value");
    }

    private static Task PutAsync(MixedServer server, string key, string value) =>
        Until.True(() => server.PutAsync($"/v1/kv/{key}", value), $"{server.Name} writes {key}", s_deadline);

    /// <summary>Waits until each server has the same content, applied by itself.</summary>
    private static async Task SameAsync(List<MixedServer> servers)
    {
        foreach (string path in s_content)
        {
            var seen = new List<string>();
            try
            {
                await Until.True(
                    async () =>
                    {
                        seen.Clear();
                        foreach (MixedServer server in servers) seen.Add(await server.ContentAsync(path));
                        return seen[0].Length > 0 && seen.All(content => content == seen[0]);
                    },
                    $"the same answer to {path}",
                    s_deadline);
            }
            catch (TimeoutException fault)
            {
                throw new TimeoutException($"{fault.Message}\n{string.Join('\n', seen.Select(static s => s.Length > 4000 ? s[..4000] : s))}");
            }
        }
    }
}
