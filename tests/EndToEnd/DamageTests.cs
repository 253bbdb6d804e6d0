using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Data that is damaged or gone ends the start with a message that names it, and never with a stack trace.</summary>
public sealed class DamageTests
{
    public static readonly TheoryData<string> Damages =
    [
        "meta garbage", "state cut", "state flipped", "state gone", "snapshots gone", "peers garbage", "log files gone", "log gone", "log cut",
    ];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Damage_is_named_and_ends_the_start(string damage)
    {
        using Agent agent = await Agent.StartAsync(new AgentOptions
        {
            Config = """{"raft_snapshot_threshold":50,"raft_snapshot_interval":"1s","raft_trailing_logs":10}""",
        });
        string raft = Path.Combine(agent.DataDir, "raft");
        string snapshots = Path.Combine(raft, "snapshots");
        for (int i = 0; i < 100; i++) (await agent.Api.Put($"/v1/kv/k{i}", "v")).Expect(200);
        await Until.True(() => Directory.GetFiles(snapshots, "meta.json", SearchOption.AllDirectories)
            .Any(path => !path.Contains(".tmp", StringComparison.Ordinal)), "a snapshot");
        await Until.True(() => agent.Output.Contains("compacting logs"), "the log cut at its head");
        for (int i = 0; i < 20; i++) (await agent.Api.Put($"/v1/kv/l{i}", "v")).Expect(200);
        await agent.KillAsync();

        string named = Damage(damage, raft);
        agent.Start();
        Assert.Equal(1, await agent.WaitForExit());
        Assert.Contains("Error starting agent: error=", agent.Output.Text);
        Assert.Contains(named, agent.Output.Text);
        Assert.DoesNotContain("   at ", agent.Output.Text);
    }

    /// <summary>Does it, and returns the path that the message must name.</summary>
    private static string Damage(string damage, string raft)
    {
        string snapshots = Path.Combine(raft, "snapshots");
        string log = Path.Combine(raft, "log");
        string[] Of(string name) => Directory.GetFiles(snapshots, name, SearchOption.AllDirectories);
        switch (damage)
        {
            case "meta garbage":
                foreach (string file in Of("meta.json")) File.WriteAllText(file, "garbage");
                return Of("meta.json")[0];
            case "state cut":
                foreach (string file in Of("state.lz4")) File.WriteAllBytes(file, File.ReadAllBytes(file)[..^5]);
                return Of("state.lz4")[0];
            case "state flipped":
                foreach (string file in Of("state.lz4"))
                {
                    byte[] content = File.ReadAllBytes(file);
                    content[content.Length / 2] ^= 1;
                    File.WriteAllBytes(file, content);
                }

                return Of("state.lz4")[0];
            case "state gone":
                string gone = Of("state.lz4")[0];
                foreach (string file in Of("state.lz4")) File.Delete(file);
                return gone;
            case "snapshots gone":
                Directory.Delete(snapshots, recursive: true);
                return snapshots;
            case "peers garbage":
                File.WriteAllText(Path.Combine(raft, "peers.json"), "[1]");
                return Path.Combine(raft, "peers.json");
            case "log files gone":
                foreach (string file in Directory.GetFiles(log)) File.Delete(file);
                return log;
            case "log gone":
                Directory.Delete(log, recursive: true);
                return log;
            default:
                string segment = Directory.GetFiles(log).Order(StringComparer.Ordinal).Last();
                byte[] bytes = File.ReadAllBytes(segment);
                int end = bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
                File.WriteAllBytes(segment, bytes[..(end - 2000)]);
                return segment;
        }
    }
}
