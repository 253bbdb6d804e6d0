using System.Globalization;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Three servers: whichever is asked, it answers as the leader does.</summary>
public sealed class ForwardingTests : IDisposable
{
    private readonly Cluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task Followers_answer_as_the_leader_does()
    {
        (Agent leader, Agent[] followers) = await FoundAsync();
        foreach (Agent follower in followers)
        {
            await KeysThroughAsync(follower, leader);
            await SessionsThroughAsync(follower, leader);
            await WatchThroughAsync(follower, leader);
            await ErrorsThroughAsync(follower);
            await StaleFromAsync(follower);
        }

        await ArchiveThroughAsync(followers[0], followers[1]);
    }

    [Fact]
    public async Task Reads_through_followers_outlive_the_leader_and_are_never_wrong()
    {
        (Agent leader, Agent[] followers) = await FoundAsync();
        var registers = new List<Register>();
        foreach (Agent follower in followers) registers.Add(await Register.StartAsync(follower, followers[^(1 + registers.Count)]));
        await Until.True(() => registers.All(static register => register.Acknowledged >= 20), "some load");
        await leader.KillAsync();
        int[] before = [.. registers.Select(static register => register.Acknowledged)];
        await Until.True(
            () => registers.Zip(before).All(static pair => pair.First.Acknowledged >= pair.Second + 20),
            "writes after the death of the leader",
            TimeSpan.FromSeconds(60));
        foreach (Register register in registers) await register.StopAsync();
        Assert.Contains(await Cluster.LeaderAsync(followers[0], followers), followers);
    }

    [Fact]
    public async Task Client_agent_moves_on_from_servers_that_leave_or_die()
    {
        (Agent leader, Agent[] followers) = await FoundAsync();
        Agent client = await _cluster.JoinedClientAsync("c1", leader);
        foreach (Agent follower in followers) await Cluster.Sees(client, follower.Name, status: 1);
        Register register = await Register.StartAsync(client, client);
        await Until.True(() => register.Acknowledged >= 20, "some load");
        Assert.Equal(200, (await followers[0].Api.Put("/v1/agent/leave")).Status);
        Assert.Equal(0, await followers[0].WaitForExit());
        int before = register.Acknowledged;
        await Until.True(() => register.Acknowledged >= before + 20, "writes through the servers that stayed");
        await register.StopAsync();
        await Cluster.Sees(client, followers[0].Name, status: 3);
        Assert.Equal(200, (await client.Api.Get("/v1/kv/?keys")).Status);
    }

    private async Task<(Agent Leader, Agent[] Followers)> FoundAsync()
    {
        Agent[] servers = await _cluster.ServersAsync(3);
        Agent leader = (await Cluster.LeaderAsync(servers[0], servers))!;
        return (leader, [.. servers.Where(server => server != leader)]);
    }

    private static async Task KeysThroughAsync(Agent follower, Agent leader)
    {
        string key = $"through-{follower.Name}";
        Assert.Equal("true", (await follower.Api.Put($"/v1/kv/{key}?flags=3", "one")).Expect(200).Text);
        foreach (string mode in new[] { "", "?consistent" })
        {
            Answer here = (await follower.Api.Get($"/v1/kv/{key}{mode}")).Expect(200);
            Answer there = (await leader.Api.Get($"/v1/kv/{key}{mode}")).Expect(200);
            Assert.Equal(there.Text, here.Text);
            Assert.Equal(there.Index, here.Index);
            Assert.Equal(("0", "true"), (here.Headers["X-Consul-LastContact"], here.Headers["X-Consul-KnownLeader"]));
        }

        Answer transaction = await follower.Api.Put(
            "/v1/txn", $$$"""[{"KV":{"Verb":"set","Key":"{{{key}}}/a","Value":"YQ=="}},{"KV":{"Verb":"get","Key":"{{{key}}}"}}]""");
        Assert.Equal(2, transaction.Expect(200).Json.GetProperty("Results").GetArrayLength());
        Assert.Equal(2, (await follower.Api.Get($"/v1/kv/{key}?keys")).Expect(200).Json.GetArrayLength());
        Assert.Equal("true", (await follower.Api.Delete($"/v1/kv/{key}/a")).Expect(200).Text);
        Assert.Equal(404, (await leader.Api.Get($"/v1/kv/{key}/a")).Status);
    }

    private static async Task SessionsThroughAsync(Agent follower, Agent leader)
    {
        // The leader may not have registered the follower's node yet.
        Answer created = null!;
        await Until.True(
            async () => (created = await follower.Api.Put("/v1/session/create", """{"TTL":"30s","LockDelay":"0s"}""")).Status == 200, "a session");
        string session = created.Json.GetProperty("ID").GetString()!;
        string lockKey = $"lock-of-{follower.Name}";
        Assert.Equal("true", (await follower.Api.Put($"/v1/kv/{lockKey}?acquire={session}")).Text);
        Answer renewed = (await follower.Api.Put($"/v1/session/renew/{session}?stale")).Expect(200);
        Assert.Equal(session, renewed.Json[0].GetProperty("ID").GetString());
        Assert.Equal(session, (await leader.Api.Get($"/v1/kv/{lockKey}")).Json[0].GetProperty("Session").GetString());
        Assert.Equal("true", (await follower.Api.Put($"/v1/session/destroy/{session}")).Text);
        Assert.False((await leader.Api.Get($"/v1/kv/{lockKey}")).Json[0].TryGetProperty("Session", out _));
    }

    private static async Task WatchThroughAsync(Agent follower, Agent leader)
    {
        string key = $"watched-{follower.Name}";
        await follower.Api.Put($"/v1/kv/{key}", "1");
        foreach (string mode in new[] { "", "&consistent", "&stale" })
        {
            ulong index = (await leader.Api.Get($"/v1/kv/{key}")).Index;
            Task<Answer> watch = follower.Api.Get($"/v1/kv/{key}?raw&index={index}&wait=60s{mode}");
            await leader.Api.Put($"/v1/kv/{key}", mode + "!");
            Answer woken = (await watch).Expect(200);
            Assert.Equal(mode + "!", woken.Text);
            Assert.True(woken.Index > index);
        }
    }

    private static async Task ErrorsThroughAsync(Agent follower)
    {
        Answer refused = await follower.Api.Put("/v1/session/create", """{"Node":"nobody"}""");
        Assert.Equal((500, "rpc error making call: apply failed: Missing node registration"), (refused.Status, refused.Text));
        refused = await follower.Api.Get("/v1/catalog/nodes?filter=bad%20==");
        Assert.StartsWith("rpc error making call: Failed to create boolean expression evaluator: ", refused.Text, StringComparison.Ordinal);
        refused = await follower.Api.Put("/v1/snapshot", "no archive");
        Assert.StartsWith("failed to decompress snapshot: ", refused.Text, StringComparison.Ordinal);
        refused = await follower.Api.Get("/v1/kv/a?dc=elsewhere");
        Assert.Equal((500, "No path to datacenter"), (refused.Status, refused.Text));
    }

    private static async Task StaleFromAsync(Agent follower)
    {
        Answer stale = (await follower.Api.Get("/v1/catalog/nodes?stale")).Expect(200);
        Assert.Equal(("true", "stale"), (stale.Headers["X-Consul-KnownLeader"], stale.Headers["X-Consul-Effective-Consistency"]));
        Answer bounded = (await follower.Api.Get("/v1/catalog/nodes?max_stale=1ns")).Expect(200);
        Assert.Equal(("0", "leader"), (bounded.Headers["X-Consul-LastContact"], bounded.Headers["X-Consul-Effective-Consistency"]));
        Assert.Equal(3, (await follower.Api.Get("/v1/operator/raft/configuration?stale")).Expect(200).Json.GetProperty("Servers").GetArrayLength());
    }

    private static async Task ArchiveThroughAsync(Agent saver, Agent restorer)
    {
        await saver.Api.Put("/v1/kv/archived", "old");
        Answer archive = (await saver.Api.Get("/v1/snapshot")).Expect(200);
        Assert.Equal(("application/x-gzip", "true"), (archive.ContentType, archive.Headers["X-Consul-KnownLeader"]));
        await saver.Api.Put("/v1/kv/archived", "new");
        Assert.Equal("", (await restorer.Api.Put("/v1/snapshot", archive.Body)).Expect(200).Text);
        Assert.Equal("old", (await saver.Api.Get("/v1/kv/archived?raw")).Expect(200).Text);
        foreach (Agent follower in new[] { saver, restorer })
        {
            await Until.True(async () => (await follower.Api.Get("/v1/kv/archived?raw&stale")).Text == "old", "the restored state at a follower");
            (await follower.Api.Get("/v1/snapshot?stale")).Expect(200);
        }
    }

    /// <summary>
    /// A key that counts up, written through one agent and read through another: a read that began after a write was acknowledged
    /// shows that write or a later one, and every read is answered.
    /// </summary>
    private sealed class Register
    {
        private readonly string _path;
        private Task _loops = Task.CompletedTask;
        private volatile bool _stopping;
        private int _attempted;
        private int _acknowledged;

        private Register(string name) => _path = $"/v1/kv/register-{name}";

        public int Acknowledged => Volatile.Read(ref _acknowledged);

        public static async Task<Register> StartAsync(Agent writer, Agent reader)
        {
            var register = new Register(writer.Name);
            await Until.True(async () => (await writer.Api.Put(register._path, "0")).Status == 200, "the first write");
            register._loops = Task.WhenAll(register.WriteAsync(writer), register.ReadAsync(reader));
            return register;
        }

        public async Task StopAsync()
        {
            _stopping = true;
            await _loops;
        }

        private async Task WriteAsync(Agent agent)
        {
            while (!_stopping)
            {
                int next = Interlocked.Increment(ref _attempted);
                Answer written = await agent.Api.Put(_path, next.ToString(CultureInfo.InvariantCulture));
                // Of a write that failed nobody knows whether it was done; the next one decides.
                if (written.Status == 200) Volatile.Write(ref _acknowledged, next);
            }
        }

        private async Task ReadAsync(Agent agent)
        {
            while (!_stopping)
            {
                int least = Acknowledged;
                Answer read = (await agent.Api.Get($"{_path}?raw")).Expect(200);
                Assert.InRange(int.Parse(read.Text, CultureInfo.InvariantCulture), least, Volatile.Read(ref _attempted));
            }
        }
    }
}
