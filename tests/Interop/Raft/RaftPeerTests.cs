using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests.Raft;

/// <summary>Clusters of three in both majorities: ours and a server on the library that Consul's servers use.</summary>
public sealed class RaftPeerTests
{
    [PeerTheory(GoPrograms.Name)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Both_lead_in_turn(int theirs)
    {
        await using MixedCluster cluster = await MixedCluster.StartAsync(theirs);
        for (int round = 0; round < 2; round++)
        {
            await cluster.LeadAsync(cluster.Theirs.First());
            await cluster.WriteAsync();
            await cluster.ConvergeAsync();
            await cluster.LeadAsync(cluster.Ours.First());
            await cluster.WriteAsync();
            await cluster.ConvergeAsync();
        }
    }

    [PeerTheory(GoPrograms.Name)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_leader_is_followed_by_another_and_comes_back(int theirs)
    {
        await using MixedCluster cluster = await MixedCluster.StartAsync(theirs);
        foreach (IRaftPeer leader in new IRaftPeer[] { cluster.Theirs.First(), cluster.Ours.First() })
        {
            await cluster.LeadAsync(leader);
            await cluster.WriteAsync();
            await cluster.KillAsync(leader);
            await cluster.WriteAsync();
            await cluster.ReviveAsync(leader);
            await cluster.WriteAsync();
            await cluster.ConvergeAsync();
        }
    }

    [PeerTheory(GoPrograms.Name)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public async Task Server_that_is_far_behind_gets_the_snapshot_of_the_other(int theirs, bool fromTheirs)
    {
        await using MixedCluster cluster = await MixedCluster.StartAsync(theirs);
        IRaftPeer leader = fromTheirs ? cluster.Theirs.First() : cluster.Ours.First();
        IRaftPeer behind = fromTheirs ? cluster.Ours.First() : cluster.Theirs.First();
        await cluster.WriteAsync();
        await cluster.ConvergeAsync();
        await cluster.KillAsync(behind);
        await cluster.LeadAsync(leader);
        for (int i = 0; i < 5; i++) await cluster.WriteAsync();
        await Until.True(async () => await leader.SnapshotAsync() is null, "a snapshot");
        ulong index = await leader.SnapshotIndexAsync();
        await cluster.WriteAsync();
        await cluster.ReviveAsync(behind);
        await cluster.ConvergeAsync();
        Assert.True(await behind.SnapshotIndexAsync() >= index);
        await cluster.WriteAsync();
        await cluster.ConvergeAsync();
    }

    [PeerTheory(GoPrograms.Name)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public async Task Servers_are_added_and_removed_by_either(int theirs, bool byTheirs)
    {
        await using MixedCluster cluster = await MixedCluster.StartAsync(theirs);
        IRaftPeer leader = byTheirs ? cluster.Theirs.First() : cluster.Ours.First();
        await cluster.LeadAsync(leader);
        await cluster.WriteAsync();
        await using IRaftPeer added = byTheirs ? await StartOwnAsync("own3") : await GoRaftPeer.StartAsync("go3");
        string[] before = await leader.ServersAsync();

        Assert.Null(await leader.AddAsync(added, voter: false));
        await cluster.WriteAsync();
        await cluster.ConvergeAsync([.. cluster.Alive, added]);
        await Knows(added, [.. before, added.Id + "?"]);
        Assert.Null(await leader.AddAsync(added, voter: true));
        await cluster.WriteAsync();
        await cluster.ConvergeAsync([.. cluster.Alive, added]);
        await Knows(added, [.. before, added.Id]);

        IRaftPeer lost = cluster.Alive.Last(peer => peer != leader);
        await cluster.KillAsync(lost);
        Assert.Null(await leader.RemoveAsync(lost.Id));
        await cluster.WriteAsync();
        await cluster.ConvergeAsync([.. cluster.Alive, added]);
        await Knows(added, [.. before.Where(id => id != lost.Id), added.Id]);
        await lost.DisposeAsync();
    }

    private static Task Knows(IRaftPeer peer, string[] servers) =>
        Until.True(async () => (await peer.ServersAsync()).SequenceEqual(servers), string.Join(' ', servers));

    private static async Task<IRaftPeer> StartOwnAsync(string id)
    {
        OwnRaftPeer peer = new(id);
        await peer.StartAsync();
        return peer;
    }
}
