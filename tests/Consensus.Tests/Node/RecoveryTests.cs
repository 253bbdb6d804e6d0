using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Node;

public class RecoveryTests
{
    [Fact]
    public async Task What_was_acknowledged_survives_a_crash()
    {
        SingleServer first = await SingleServer.StartAsync();
        await using (first)
        {
            for (int i = 0; i < 10; i++) await first.ProposeAsync($"p{i}");
            first.Log.HoldSyncs();
            Task<ProposalResult> unfinished = first.ProposeAsync("lost");
            await using SingleServer second = await SingleServer.StartAsync(first.Log.Crash());
            Assert.Equal(Enumerable.Range(0, 10).Select(i => $"p{i}"), second.Machine.Applied);
            Assert.Equal(3ul, second.Node.Status.Term);
            Assert.Equal(1ul, second.Node.Configuration.Index);
            Assert.Equal("MORE", (await second.ProposeAsync("more")).Value);
            first.Log.ReleaseSyncs();
            await unfinished;
        }
    }

    [Fact]
    public async Task A_restart_takes_the_snapshot_and_the_entries_after_it()
    {
        SingleServer first = await SingleServer.StartAsync(
            configure: o => o with { Snapshots = new SnapshotPolicy(TimeSpan.FromHours(1), 1000, 2) });
        await using (first)
        {
            for (int i = 0; i < 10; i++) await first.ProposeAsync($"p{i}");
            await first.Node.SnapshotAsync();
            await SingleServer.UntilAsync(() => first.Log.FirstIndex > 1);
            await first.ProposeAsync("after");
        }

        await using SingleServer second = await SingleServer.StartAsync(first.Log.Crash(), first.Snapshots);
        Assert.Equal([.. Enumerable.Range(0, 10).Select(i => $"p{i}"), "after"], second.Machine.Applied);
        Assert.Equal(12ul, second.Node.Status.LastSnapshotIndex);
        // Only what the snapshot lacks was applied again.
        Assert.InRange(second.Machine.Batches, 1, 2);
    }

    [Fact]
    public async Task A_damaged_snapshot_gives_way_to_the_one_before()
    {
        SingleServer first = await SingleServer.StartAsync();
        await first.ProposeAsync("one");
        await first.Node.SnapshotAsync();
        await first.ProposeAsync("two");
        SnapshotMeta newest = (await first.Node.SnapshotAsync()).Snapshot!;
        await first.DisposeAsync();
        first.Snapshots.Damaged.Add(newest.Id);

        await using SingleServer second = await SingleServer.StartAsync(first.Log.Crash(), first.Snapshots);
        Assert.Equal(["one", "two"], second.Machine.Applied);
        Assert.Equal(3ul, second.Node.Status.LastSnapshotIndex);
    }

    [Fact]
    public async Task Without_any_readable_snapshot_the_start_fails()
    {
        SingleServer first = await SingleServer.StartAsync();
        await first.ProposeAsync("one");
        first.Snapshots.Damaged.Add((await first.Node.SnapshotAsync()).Snapshot!.Id);
        await first.DisposeAsync();
        await using SingleServer second = new(first.Log.Crash(), first.Snapshots);
        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(() => second.Node.StartAsync(SingleServer.Alone));
        Assert.Equal("failed to load any existing snapshots: snapshot 2-3-0: 2-3-0: bad block at 0", e.Message);
    }

    [Fact]
    public async Task A_snapshot_that_cannot_even_be_listed_fails_the_start_and_is_named()
    {
        SingleServer first = await SingleServer.StartAsync();
        await first.ProposeAsync("one");
        await first.DisposeAsync();
        first.Snapshots.Unlisted.Add("meta.json: nonsense");
        await using SingleServer second = new(first.Log.Crash(), first.Snapshots);
        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(() => second.Node.StartAsync(SingleServer.Alone));
        Assert.Equal("failed to load any existing snapshots: meta.json: nonsense", e.Message);
    }

    [Fact]
    public async Task A_log_that_does_not_reach_back_to_the_snapshot_fails_the_start()
    {
        SingleServer first = await SingleServer.StartAsync();
        for (int i = 0; i < 10; i++) await first.ProposeAsync($"p{i}");
        await first.DisposeAsync();
        first.Log.TruncateHead(5);
        await using SingleServer second = new(first.Log.Crash());
        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(() => second.Node.StartAsync());
        Assert.Equal("the raft log starts at entry 6, but fakes holds no snapshot", e.Message);
    }

    [Fact]
    public async Task Bootstrapping_is_for_new_servers_that_vote()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        Assert.Equal("bootstrap only works on new clusters", await server.Node.BootstrapAsync(SingleServer.Alone));
        ClusterConfiguration others = new([new RaftServer(Suffrage.Voter, "b", "127.0.0.2:8300")]);
        Assert.Equal(RaftErrors.NotVoter, await server.Node.BootstrapAsync(others));
    }

    [Fact]
    public async Task A_server_that_nobody_bootstrapped_waits()
    {
        await using SingleServer server = new();
        await server.Node.StartAsync();
        Assert.Equal(RaftErrors.NotLeader, (await server.ProposeAsync("one")).Error);
        Assert.Equal(RaftErrors.NotLeader, await server.Node.VerifyLeaderAsync());
        Assert.Null(await server.Node.BootstrapAsync(SingleServer.Alone));
        await SingleServer.UntilAsync(() => server.Node.Status.Role == RaftRole.Leader);
        Assert.Equal("ONE", (await server.ProposeAsync("one")).Value);
    }

    [Fact]
    public async Task A_peers_file_makes_the_rest_of_a_cluster_work_again()
    {
        string directory = Directory.CreateTempSubdirectory("raft-peers").FullName;
        RaftOptions WithPeers(RaftOptions o) => o with { PeersDirectory = directory };
        SingleServer first = await SingleServer.StartAsync(configure: WithPeers);
        await first.ProposeAsync("one");
        // From here on it cannot commit alone: the change stays uncommitted, and so does nothing else.
        Task<ProposalResult> change = first.Node.ChangeConfigurationAsync(
            new ConfigurationChange(ConfigurationChangeKind.AddVoter, "b", "127.0.0.2:8300")).AsTask();
        await SingleServer.UntilAsync(() => first.Log.DurableLastIndex == 4);
        FakeLogStore log = first.Log.Crash();
        await first.DisposeAsync();
        Assert.NotNull((await change).Error);

        await File.WriteAllTextAsync(
            Path.Combine(directory, "peers.json"), """[{"id": "a", "address": "127.0.0.1:8300", "non_voter": false}]""");
        await using SingleServer second = await SingleServer.StartAsync(log, first.Snapshots, WithPeers);
        Assert.Equal(["one"], second.Machine.Applied);
        Assert.Equal(SingleServer.Alone.Servers, second.Node.Configuration.Configuration.Servers);
        Assert.Equal(1ul, second.Node.Configuration.Index);
        Assert.Equal(4ul, second.Node.Status.LastSnapshotIndex);
        Assert.False(File.Exists(Path.Combine(directory, "peers.json")));
        Assert.Equal("TWO", (await second.ProposeAsync("two")).Value);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_peers_file_that_is_older_than_the_server_is_removed_unread()
    {
        string directory = Directory.CreateTempSubdirectory("raft-peers").FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "peers.json"), "nonsense");
        await using SingleServer server = await SingleServer.StartAsync(configure: o => o with { PeersDirectory = directory });
        Assert.False(File.Exists(Path.Combine(directory, "peers.json")));
        Assert.True(File.Exists(Path.Combine(directory, "peers.info")));
        Directory.Delete(directory, recursive: true);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("""["127.0.0.1:8300"]""")]
    [InlineData("""[{"id": "a", "address": "127.0.0.1:8300", "non_voter": true}]""")]
    public async Task A_peers_file_that_makes_no_cluster_fails_the_start(string content)
    {
        string directory = Directory.CreateTempSubdirectory("raft-peers").FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "peers.info"), "");
        await File.WriteAllTextAsync(Path.Combine(directory, "peers.json"), content);
        await using SingleServer server = new(configure: o => o with { PeersDirectory = directory });
        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(() => server.Node.StartAsync(SingleServer.Alone));
        Assert.StartsWith("recovery failed to parse peers.json", e.Message, StringComparison.Ordinal);
        Assert.EndsWith($"(file {Path.Combine(directory, "peers.json")})", e.Message, StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }
}
