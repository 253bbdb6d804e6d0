using System.Text;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Logs that end in the middle of a write, logs that are damaged, disks that are full.</summary>
public sealed class DiskTests
{
    private const int Keys = 60;

    [Fact]
    public async Task Log_cut_anywhere_in_its_last_batch_loses_at_most_that_batch()
    {
        using Agent agent = await Agent.StartAsync();
        int[] lengths = await WriteKeys(agent);
        await agent.KillAsync();
        LogTail whole = LogTail.Find(agent.DataDir);
        foreach (int cut in (int[])[1, 2, 7, 40, 100])
        {
            foreach (Action<LogTail, int> damage in (Action<LogTail, int>[])[LogTail.Truncate, LogTail.Zero, LogTail.Flip])
            {
                whole.Restore();
                damage(whole, cut);
                await agent.RestartAsync();
                await AllButTheLastPresent(agent, lengths, $"{damage.Method.Name} {cut}");
                Assert.Equal("true", (await agent.Api.Put("/v1/kv/after", "x")).Expect(200).Text);
                await agent.KillAsync();
            }
        }
    }

    [Fact]
    public async Task Damage_before_the_last_batch_is_reported_with_its_position()
    {
        using Agent agent = await Agent.StartAsync();
        await WriteKeys(agent);
        await agent.KillAsync();
        LogTail tail = LogTail.Find(agent.DataDir);
        LogTail.Flip(tail, tail.FromEndOf("torn/30"));
        agent.Start();
        Assert.Equal(1, await agent.WaitForExit());
        Assert.Matches(@"\d", agent.Output.Text);
        Assert.Contains(Path.GetFileName(tail.Path), agent.Output.Text);
        Assert.DoesNotContain("Unhandled exception", agent.Output.Text);
    }

    [Fact]
    public async Task Data_of_a_newer_version_is_refused()
    {
        using Agent agent = await Agent.StartAsync();
        await agent.KillAsync();
        string version = Assert.Single(Directory.GetFiles(agent.DataDir, "version", SearchOption.AllDirectories));
        await File.WriteAllTextAsync(version, "99\n");
        agent.Start();
        Assert.Equal(1, await agent.WaitForExit());
        Assert.Contains("data directory was written by a newer version (format 99, this binary supports 2)", agent.Output.Text);
    }

    [Fact]
    public async Task Full_disk_refuses_writes_and_keeps_what_was_acknowledged()
    {
        using var disk = SmallDisk.TryMount(100);
        if (disk is null)
        {
            await Disk_without_room_for_a_log_refuses_the_start();
            return;
        }

        using Agent agent = await Agent.StartAsync(new AgentOptions { DataDir = Path.Combine(disk.Path, "data") });
        var acknowledged = new List<string>();
        byte[] value = new byte[400_000];
        new Random(7).NextBytes(value);
        Answer answer = await agent.Api.Put("/v1/kv/full/0", value);
        while (answer.Status == 200 && acknowledged.Count < 1000)
        {
            acknowledged.Add($"full/{acknowledged.Count}");
            answer = await agent.Api.Put($"/v1/kv/full/{acknowledged.Count}", value);
        }

        Assert.Equal(500, answer.Status);
        Assert.NotEmpty(answer.Text);
        Assert.Equal(value, (await agent.Api.Get($"/v1/kv/{acknowledged[^1]}?raw&stale")).Expect(200).Body);
        await agent.KillAsync();
        disk.Grow(400);
        await agent.RestartAsync();
        foreach (string key in acknowledged) Assert.Equal(value, (await agent.Api.Get($"/v1/kv/{key}?raw")).Expect(200).Body);
        Assert.Equal("true", (await agent.Api.Put("/v1/kv/full/after", "x")).Expect(200).Text);
    }

    [Fact]
    public async Task Disk_without_room_for_a_log_refuses_the_start()
    {
        // A limit on the size of a file stands in for the full disk: it needs no mount and works for every user.
        string[] limited = ["env", "--ignore-signal=XFSZ", "prlimit", $"--fsize={64 * 1024}", "--"];
        // Under the JIT the runtime itself would need a large file to keep code pages from being writable.
        var environment = new Dictionary<string, string> { ["DOTNET_EnableWriteXorExecute"] = "0" };
        using Agent agent = Agent.Launch(new AgentOptions { Wrapper = limited, Environment = environment });
        Assert.Equal(1, await agent.WaitForExit());
        Assert.Contains(agent.DataDir, agent.Output.Text);
        Assert.DoesNotContain("Unhandled exception", agent.Output.Text);
    }

    /// <summary>One batch per key: each write waits for the one before.</summary>
    private static async Task<int[]> WriteKeys(Agent agent)
    {
        int[] lengths = [.. Enumerable.Range(0, Keys).Select(i => 200 + (i * 3))];
        for (int i = 0; i < Keys; i++) (await agent.Api.Put($"/v1/kv/torn/{i}", new string('v', lengths[i]))).Expect(200);
        return lengths;
    }

    private static async Task AllButTheLastPresent(Agent agent, int[] lengths, string what)
    {
        for (int i = 0; i < lengths.Length; i++)
        {
            Answer answer = await agent.Api.Get($"/v1/kv/torn/{i}?raw");
            bool last = i == lengths.Length - 1;
            if (last && answer.Status == 404) continue;
            Assert.True(answer.Status == 200 && answer.Text == new string('v', lengths[i]), $"{what}: key {i} is lost or wrong");
        }
    }

    /// <summary>The file that holds the last key written, and where its data ends.</summary>
    /// <param name="Others">The files beside it: what they say of the log belongs to it.</param>
    private sealed record LogTail(string Path, byte[] Content, long End, Dictionary<string, byte[]> Others)
    {
        public static LogTail Find(string dataDir)
        {
            byte[] last = Encoding.ASCII.GetBytes($"torn/{Keys - 1}");
            foreach (string file in Directory.GetFiles(dataDir, "*", SearchOption.AllDirectories).OrderByDescending(File.GetLastWriteTimeUtc))
            {
                byte[] content = File.ReadAllBytes(file);
                if (content.AsSpan().IndexOf(last) < 0) continue;
                Dictionary<string, byte[]> others = Directory.GetFiles(dataDir, "*", SearchOption.AllDirectories)
                    .Where(other => other != file).ToDictionary(other => other, File.ReadAllBytes);
                return new LogTail(file, content, content.AsSpan().LastIndexOfAnyExcept((byte)0) + 1, others);
            }

            throw new InvalidOperationException($"No file below {dataDir} holds the last key.");
        }

        public void Restore()
        {
            File.WriteAllBytes(Path, Content);
            foreach ((string path, byte[] content) in Others) File.WriteAllBytes(path, content);
        }

        /// <summary>How many bytes before the end of the data a key stands.</summary>
        public int FromEndOf(string key) => (int)(End - Content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(key)));

        public static void Truncate(LogTail tail, int bytes) => File.WriteAllBytes(tail.Path, tail.Content[..(int)(tail.End - bytes)]);

        public static void Zero(LogTail tail, int bytes)
        {
            byte[] content = [.. tail.Content];
            content.AsSpan((int)(tail.End - bytes), bytes).Clear();
            File.WriteAllBytes(tail.Path, content);
        }

        public static void Flip(LogTail tail, int bytes)
        {
            byte[] content = [.. tail.Content];
            content[tail.End - bytes] ^= 0x40;
            File.WriteAllBytes(tail.Path, content);
        }
    }
}
