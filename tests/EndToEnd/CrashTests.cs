using System.Collections.Concurrent;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>What was acknowledged is never lost, whenever the process dies.</summary>
public sealed class CrashTests
{
    private const int Rounds = 20;
    private const int WritersPerRound = 4;

    [Fact]
    public async Task Acknowledged_writes_survive_kill_after_kill()
    {
        // Snapshots and truncations of the log happen in between.
        using Agent agent = await Agent.StartAsync(new AgentOptions
        {
            Config = """{"raft_snapshot_threshold":200,"raft_snapshot_interval":"1s","raft_trailing_logs":100}""",
        });
        var acknowledged = new ConcurrentDictionary<string, string>();
        var random = new Random(20260801);
        ulong index = 0;
        for (int round = 0; round < Rounds; round++)
        {
            using var writers = new Writers(agent, WritersPerRound, $"crash/{round}", acknowledged);
            int wanted = random.Next(1, 150);
            await Until.True(() => writers.Acknowledged >= wanted, $"{wanted} writes in round {round}");
            await agent.KillAsync();
            await writers.StopAsync();
            await agent.RestartAsync();
            index = await AllPresent(agent, acknowledged, index, round);
        }
    }

    /// <summary>Compares every key with its value; the index of the tree never goes back.</summary>
    private static async Task<ulong> AllPresent(Agent agent, ConcurrentDictionary<string, string> acknowledged, ulong before, int round)
    {
        Answer answer = (await agent.Api.Get("/v1/kv/crash/?recurse")).Expect(200);
        Dictionary<string, string> present = answer.Json.EnumerateArray().ToDictionary(
            entry => entry.GetProperty("Key").GetString()!,
            entry => System.Text.Encoding.UTF8.GetString(entry.GetProperty("Value").GetBytesFromBase64()));
        string[] lost = [.. acknowledged.Where(pair => present.GetValueOrDefault(pair.Key) != pair.Value).Select(pair => pair.Key).Order()];
        Assert.True(lost.Length == 0, $"round {round}: lost {lost.Length} of {acknowledged.Count}: {string.Join(' ', lost.Take(10))}");
        Assert.True(answer.Index >= before, $"round {round}: index went from {before} back to {answer.Index}");
        return answer.Index;
    }
}
