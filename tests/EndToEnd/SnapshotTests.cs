using System.Collections.Concurrent;
using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Archives hold exactly the state at their index.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public async Task Archive_saved_under_load_equals_the_state_at_its_index()
    {
        using Agent source = await Agent.StartAsync();
        var acknowledged = new ConcurrentDictionary<string, string>();
        using var writers = new Writers(source, 4, "load", acknowledged);
        await Until.True(() => writers.Acknowledged >= 300, "some load");
        Answer archive = (await source.Api.Get("/v1/snapshot")).Expect(200);
        int during = writers.Acknowledged;
        await Until.True(() => writers.Acknowledged >= during + 100, "more load");
        await writers.StopAsync();
        Assert.Equal("application/x-gzip", archive.ContentType);

        using Agent target = await Agent.StartAsync(new AgentOptions { NodeName = "n2" });
        await target.Api.Put("/v1/kv/load/of-the-target", "must go");
        Assert.Empty((await target.Api.Put("/v1/snapshot", archive.Body)).Expect(200).Body);
        string[] expected = [.. Entries(await source.Api.Get("/v1/kv/load/?recurse"), archive.Index)];
        string[] restored = [.. Entries(await target.Api.Get("/v1/kv/load/?recurse"), ulong.MaxValue)];
        Assert.NotEmpty(expected);
        Assert.True(expected.Length < acknowledged.Count, "nothing was written after the archive");
        Assert.Equal(expected, restored);
    }

    [Fact]
    public async Task Restore_wakes_blocked_queries_and_keeps_the_index_growing()
    {
        using Agent agent = await Agent.StartAsync();
        await agent.Api.Put("/v1/kv/k", "old");
        Answer archive = await agent.Api.Get("/v1/snapshot");
        await agent.Api.Put("/v1/kv/k", "new");
        ulong index = (await agent.Api.Get("/v1/kv/k")).Index;
        Task<Answer> blocked = agent.Api.Get($"/v1/kv/k?index={index}&wait=60s");
        await agent.Api.Put("/v1/snapshot", archive.Body);
        Answer woken = await blocked.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("old", (await agent.Api.Get("/v1/kv/k?raw")).Text);
        Assert.Equal(200, woken.Status);
        await agent.Api.Put("/v1/kv/after", "1");
        Assert.True((await agent.Api.Get("/v1/kv/after")).Index > index);
    }

    [Fact]
    public async Task Restored_state_survives_a_restart()
    {
        using Agent agent = await Agent.StartAsync();
        await agent.Api.Put("/v1/kv/k", "saved");
        Answer archive = await agent.Api.Get("/v1/snapshot");
        await agent.Api.Delete("/v1/kv/k");
        await agent.Api.Put("/v1/snapshot", archive.Body);
        await agent.KillAsync();
        await agent.RestartAsync();
        Assert.Equal("saved", (await agent.Api.Get("/v1/kv/k?raw")).Text);
    }

    [Fact]
    public async Task Damaged_archives_are_refused_and_change_nothing()
    {
        using Agent agent = await Agent.StartAsync();
        await agent.Api.Put("/v1/kv/k", "kept");
        byte[] archive = (await agent.Api.Get("/v1/snapshot")).Body;
        Assert.StartsWith("failed to decompress snapshot: ", (await agent.Api.Put("/v1/snapshot", "no archive")).Expect(500).Text);
        (await agent.Api.Put("/v1/snapshot", archive[..(archive.Length / 2)])).Expect(500);
        byte[] damaged = [.. archive];
        damaged[archive.Length / 2] ^= 0x55;
        (await agent.Api.Put("/v1/snapshot", damaged)).Expect(500);
        Assert.Equal("stale not allowed for restore", (await agent.Api.Put("/v1/snapshot?stale", archive)).Expect(500).Text);
        Assert.Equal("kept", (await agent.Api.Get("/v1/kv/k?raw")).Text);
    }

    private static IEnumerable<string> Entries(Answer tree, ulong lastIndex) =>
        from entry in tree.Expect(200).Json.EnumerateArray()
        where entry.GetProperty("ModifyIndex").GetUInt64() <= lastIndex
        select Describe(entry);

    private static string Describe(JsonElement entry) =>
        $"{entry.GetProperty("Key").GetString()} {entry.GetProperty("ModifyIndex")} {entry.GetProperty("Value").GetString()}";
}
