namespace Consul.Fast.Consensus.Tests.Transport;

public sealed class LiveClusterTests
{
    [Fact]
    public async Task Three_servers_agree_and_go_on_without_their_leader()
    {
        await using LiveCluster cluster = await LiveCluster.StartAsync("a", "b", "c");
        await cluster.WriteAsync(0, 500);
        Assert.Null(await cluster.Leader.Node.VerifyLeaderAsync());
        await cluster.ConvergeAsync(500);
        await cluster.StopAsync(cluster.Leader);
        LiveServer second = await cluster.LeaderAsync();
        Assert.Null(await second.Node.VerifyLeaderAsync());
        await cluster.WriteAsync(500, 100);
        await cluster.ConvergeAsync(600);
    }

    [Fact]
    public async Task Cut_connections_lose_nothing()
    {
        await using LiveCluster cluster = await LiveCluster.StartAsync("a", "b", "c");
        LiveServer leader = cluster.Leader;
        for (int round = 0; round < 10; round++)
        {
            Task writing = cluster.WriteAsync(round * 200, 200);
            foreach (LiveServer other in cluster.Others(leader)) other.Port.Cut();
            await writing;
            Assert.True(leader.Leads);
        }

        await cluster.ConvergeAsync(2000);
    }

    [Fact]
    public async Task Follower_that_was_away_gets_what_it_lacks_from_the_log()
    {
        await using LiveCluster cluster = await LiveCluster.StartAsync("a", "b", "c");
        LiveServer away = cluster.Others(cluster.Leader)[0];
        await cluster.StopAsync(away);
        // More than Raft keeps in memory.
        await cluster.WriteAsync(0, 3000);
        await cluster.RestartAsync(away);
        await cluster.ConvergeAsync(3000);
    }

    [Fact]
    public async Task Server_is_followed_to_its_new_address()
    {
        await using LiveCluster cluster = await LiveCluster.StartAsync("a", "b", "c");
        LiveServer moving = cluster.Others(cluster.Leader)[0];
        await cluster.StopAsync(moving);
        await cluster.WriteAsync(0, 10);
        LiveServer moved = await cluster.RestartAsync(moving, elsewhere: true);
        Assert.NotEqual(moving.Port.Port, moved.Port.Port);
        await cluster.ConvergeAsync(10);
    }

    [Fact]
    public async Task Follower_that_is_far_behind_gets_the_snapshot()
    {
        await using LiveCluster cluster = await LiveCluster.StartAsync("a", "b", "c");
        LiveServer away = cluster.Others(cluster.Leader)[0];
        await cluster.StopAsync(away);
        await cluster.WriteAsync(0, 1000);
        (SnapshotMeta? snapshot, string? error) = await cluster.Leader.Node.SnapshotAsync();
        Assert.Null(error);
        await cluster.WriteAsync(1000, 10);
        LiveServer back = await cluster.RestartAsync(away, wiped: true);
        await cluster.ConvergeAsync(1010);
        Assert.Equal(snapshot!.Index, back.Node.Status.LastSnapshotIndex);
        await cluster.WriteAsync(1010, 10);
        await cluster.ConvergeAsync(1020);
    }

    /// <summary>A follower that takes everything and answers nothing costs neither leadership nor writes.</summary>
    [Fact]
    public async Task Follower_that_does_not_answer_holds_up_nobody()
    {
        await using LiveCluster cluster = await LiveCluster.StartAsync("a", "b", "c");
        LiveServer leader = cluster.Leader;
        LiveServer stuck = cluster.Others(leader)[0];
        TaskCompletionSource goOn = new();
        stuck.Port.Serve = async connection =>
        {
            await goOn.Task;
            await stuck.Transport.ServeAsync(connection);
        };
        stuck.Port.Cut();
        for (int i = 0; i < 10; i++) await cluster.WriteAsync(i * 100, 100);
        Assert.Null(await leader.Node.VerifyLeaderAsync());
        goOn.SetResult();
        await cluster.ConvergeAsync(1000);
        Assert.True(leader.Leads);
    }
}
