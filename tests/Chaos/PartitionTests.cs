using Consul.Fast.Chaos.Tests.Checks;
using Consul.Fast.Chaos.Tests.Lab;
using Consul.Fast.Chaos.Tests.Load;
using Consul.Fast.Tests.Harness;
using Xunit.Abstractions;

namespace Consul.Fast.Chaos.Tests;

/// <summary>Servers that no longer hear each other, or hear each other in one direction only.</summary>
public sealed class PartitionTests(ITestOutputHelper output)
{
    private const int Seed = 20260803;
    /// <summary>A server that was taken out of the cluster as dead would need most of a minute to come back.</summary>
    private const string Settings = "\"autopilot\":{\"cleanup_dead_servers\":false}";
    private const string Consistent = "/v1/kv/none?consistent";

    [LabFact]
    public Task Leader_cut_off_with_its_clients_acknowledges_nothing_that_is_lost() => With(3, "leader-cut-off", async (cluster, load, leader) =>
    {
        LabServer[] others = [.. cluster.Servers.Where(server => server != leader)];
        cluster.CutOff([leader]);
        await IsRefused(leader, Consistent);
        await IsRefused(leader, "/v1/kv/none");
        Reply write = await leader.Http.Put("/v1/kv/minority", "x");
        Assert.False(write.Is(200), $"the minority acknowledged a write: {write}");
        Assert.True((await leader.Http.Get("/v1/kv/none?stale")).Is(404), "the minority answers stale reads");

        LabServer successor = await cluster.WaitForLeader(others);
        await Progress(load);
        Assert.NotEqual(leader, successor);
        cluster.Network.HealAll();
    });

    [LabFact]
    public Task Two_of_five_with_the_leader_are_outvoted() => With(5, "two-of-five", async (cluster, load, leader) =>
    {
        LabServer[] minority = [leader, cluster.Servers.First(server => server != leader)];
        cluster.CutOff(minority);
        foreach (LabServer server in minority) await IsRefused(server, Consistent);
        await cluster.WaitForLeader([.. cluster.Servers.Except(minority)]);
        await Progress(load);
        cluster.Network.HealAll();
    });

    /// <summary>The follower hears no heartbeats, yet the others know that there is a leader.</summary>
    [LabFact]
    public Task Follower_that_does_not_hear_the_leader_disturbs_nobody() => With(3, "deaf-follower", async (cluster, load, leader) =>
    {
        // A real Consul stands for election again and again, and every time the leader has to give up.
        if (LabMachine.TestsReference) return;
        long term = (await leader.RaftAsync())!.Term;
        LabServer deaf = cluster.Servers.First(server => server != leader);
        cluster.Network.Drop(leader.Index, deaf.Index);
        await Progress(load, 60);
        cluster.Network.HealAll();
        await cluster.WaitForVoters();
        RaftState after = (await leader.RaftAsync())!;
        Assert.Equal((true, term), (after.Leads, after.Term));
    });

    /// <summary>It still hears the others, which must not keep it from giving up.</summary>
    [LabFact]
    public Task Leader_that_nobody_hears_is_replaced() => With(3, "silent-leader", async (cluster, load, leader) =>
    {
        LabServer[] others = [.. cluster.Servers.Where(server => server != leader)];
        foreach (LabServer other in others) cluster.Network.Drop(leader.Index, other.Index);
        await IsRefused(leader, Consistent);
        await cluster.WaitForLeader(others);
        await Progress(load);
        cluster.Network.HealAll();
    });

    private async Task With(int servers, string name, Func<LabCluster, ClientLoad, LabServer, Task> test)
    {
        var diary = new Diary(output, name);
        await diary.Tell(async () =>
        {
            using LabCluster cluster = await LabCluster.StartAsync(servers, diary, Settings);
            using var load = new ClientLoad(cluster.Servers, diary, Seed);
            LabServer leader = await cluster.WaitForLeader();
            await Progress(load);
            diary.Note($"{leader.Name} leads");
            await test(cluster, load, leader);
            diary.Note("healed");
            await FinalChecks.AllWell(cluster, load);
        });
        await Remains.None();
    }

    /// <summary>Clients that ask servers without a leader wait long for nothing: the wish is modest.</summary>
    private static Task Progress(ClientLoad load, int writes = 30)
    {
        int before = load.Records.AnsweredWrites;
        return Until.True(() => load.Records.AnsweredWrites >= before + writes, $"{writes} writes");
    }

    /// <summary>A server that has lost its followers needs a moment to notice, and then keeps who asks waiting for a new leader.</summary>
    private static async Task IsRefused(LabServer server, string path)
    {
        using var patient = new LabHttp(server.Address, TimeSpan.FromSeconds(15));
        await Until.True(async () => (await patient.Get(path)).Is(500), $"{server.Name} refuses {path}");
    }
}
