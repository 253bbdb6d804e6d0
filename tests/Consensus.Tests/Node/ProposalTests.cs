using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Node;

public class ProposalTests
{
    [Fact]
    public async Task A_lone_server_leads_at_once_and_applies_in_order()
    {
        long started = TimeProvider.System.GetTimestamp();
        await using SingleServer server = await SingleServer.StartAsync();
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(2));
        Assert.Equal(2ul, server.Node.Status.Term);
        Assert.Equal("127.0.0.1:8300", server.Node.Status.LeaderAddress);
        Assert.Equal("a", server.Node.Status.LeaderId);

        ProposalResult one = await server.ProposeAsync("one");
        ProposalResult two = await server.ProposeAsync("two");

        // Configuration, Noop, then the commands.
        Assert.Equal(new ProposalResult(3, "ONE", null), one);
        Assert.Equal(new ProposalResult(4, "TWO", null), two);
        Assert.Equal(["one", "two"], server.Machine.Applied);
        Assert.Equal(4ul, server.Node.Status.AppliedIndex);
        Assert.Equal(4ul, server.Log.DurableLastIndex);
    }

    [Fact]
    public async Task The_log_of_a_new_cluster_begins_as_Consul_writes_it()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        Assert.True(server.Log.TryRead(1, out LogEntry configuration));
        Assert.True(server.Log.TryRead(2, out LogEntry noop));
        Assert.Equal((1ul, EntryType.Configuration, default), (configuration.Term, configuration.Type, configuration.AppendedAt));
        Assert.Equal((2ul, EntryType.Noop, 0), (noop.Term, noop.Type, noop.Data.Length));
        Assert.Equal(new HardState(2, 2, "127.0.0.1:8300"), server.Log.HardState);
        Assert.Equal(1ul, server.Node.Configuration.Index);
    }

    [Fact]
    public async Task Proposals_during_one_sync_share_the_next()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        int before = server.Log.Syncs;
        int started = server.Log.SyncsStarted;
        server.Log.HoldSyncs();
        Task<ProposalResult> first = server.ProposeAsync("first");
        await SingleServer.UntilAsync(() => server.Log.SyncsStarted == started + 1);
        Task<ProposalResult>[] rest = [.. Enumerable.Range(0, 100).Select(i => server.ProposeAsync($"p{i}"))];
        server.Log.ReleaseSyncs();
        await Task.WhenAll([first, .. rest]);
        Assert.Equal(before + 2, server.Log.Syncs);
        Assert.All(rest, r => Assert.Null(r.Result.Error));
        Assert.Equal(101, server.Machine.Applied.Count);
    }

    [Fact]
    public async Task A_failed_sync_fails_its_proposals_and_the_next_ones_work_again()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        await server.ProposeAsync("kept");
        int started = server.Log.SyncsStarted;
        server.Log.HoldSyncs();
        server.Log.SyncFault = "No space left on device";
        Task<ProposalResult> lost = server.ProposeAsync("lost");
        await SingleServer.UntilAsync(() => server.Log.SyncsStarted == started + 1);
        // Queued behind the failing sync, on top of its entry.
        Task<ProposalResult> alsoLost = server.ProposeAsync("also lost");
        server.Log.ReleaseSyncs();
        Assert.Equal("failed to commit log: No space left on device", (await lost).Error);
        Assert.Equal("failed to commit log: No space left on device", (await alsoLost).Error);
        Assert.Equal(RaftRole.Leader, server.Node.Status.Role);

        server.Log.SyncFault = null;
        ProposalResult after = await server.ProposeAsync("after");
        Assert.Equal(new ProposalResult(4, "AFTER", null), after);
        Assert.Equal(["kept", "after"], server.Machine.Applied);
        Assert.Equal(4ul, server.Log.DurableLastIndex);
        Assert.Equal(2ul, server.Node.Status.Term);
    }

    [Fact]
    public async Task Bootstrapping_on_a_full_disk_fails()
    {
        await using SingleServer server = new(new FakeLogStore { SyncFault = "No space left on device" });
        IOException e = await Assert.ThrowsAsync<IOException>(() => server.Node.StartAsync(SingleServer.Alone));
        Assert.Equal("failed to bootstrap: No space left on device", e.Message);
        Assert.Equal(RaftErrors.NotLeader, (await server.ProposeAsync("early")).Error);
    }

    [Fact]
    public async Task A_disk_that_is_full_at_a_restart_delays_leadership_until_it_recovers()
    {
        SingleServer first = await SingleServer.StartAsync();
        await first.ProposeAsync("one");
        await first.DisposeAsync();
        FakeLogStore log = first.Log.Crash();
        log.SyncFault = "No space left on device";
        await using SingleServer server = new(log);
        await server.Node.StartAsync(SingleServer.Alone);
        await SingleServer.UntilAsync(() => log.SyncsStarted > 0);
        Assert.Equal(RaftErrors.NotLeader, (await server.ProposeAsync("early")).Error);
        Assert.NotEqual(RaftRole.Leader, server.Node.Status.Role);
        log.SyncFault = null;
        await SingleServer.UntilAsync(() => server.Node.Status.Role == RaftRole.Leader);
        Assert.Equal("TWO", (await server.ProposeAsync("two")).Value);
        Assert.Equal(["one", "two"], server.Machine.Applied);
    }

    [Fact]
    public async Task A_barrier_completes_after_everything_before_it()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        Task<ProposalResult>[] commands = [.. Enumerable.Range(0, 20).Select(i => server.ProposeAsync($"p{i}"))];
        ProposalResult barrier = await server.Node.BarrierAsync();
        Assert.Null(barrier.Error);
        Assert.Equal(20, server.Machine.Applied.Count);
        await Task.WhenAll(commands);
        Assert.Equal(barrier.Index, server.Node.Status.AppliedIndex);
    }

    [Fact]
    public async Task A_lone_leader_needs_nobody_to_verify_it()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        ValueTask<string?> verified = server.Node.VerifyLeaderAsync();
        Assert.True(verified.IsCompletedSuccessfully);
        Assert.Null(await verified);
    }

    [Fact]
    public async Task Proposals_beyond_the_bound_wait_and_then_time_out()
    {
        await using SingleServer server = await SingleServer.StartAsync(
            configure: o => o with { MaxPendingProposals = 2, EnqueueTimeout = TimeSpan.FromMilliseconds(50) });
        server.Log.HoldSyncs();
        Task<ProposalResult>[] admitted = [server.ProposeAsync("one"), server.ProposeAsync("two")];
        Assert.Equal(RaftErrors.EnqueueTimeout, (await server.ProposeAsync("three")).Error);
        server.Log.ReleaseSyncs();
        await Task.WhenAll(admitted);
        Assert.Null((await server.ProposeAsync("four")).Error);
        Assert.Equal(["one", "two", "four"], server.Machine.Applied);
    }

    [Fact]
    public async Task A_waiting_proposal_enters_when_another_one_is_done()
    {
        await using SingleServer server = await SingleServer.StartAsync(configure: o => o with { MaxPendingBytes = 10 });
        server.Log.HoldSyncs();
        Task<ProposalResult> first = server.ProposeAsync("12345678");
        Task<ProposalResult> second = server.ProposeAsync("123");
        Assert.False(second.IsCompleted);
        server.Log.ReleaseSyncs();
        Assert.Null((await first).Error);
        Assert.Null((await second).Error);
    }

    [Fact]
    public async Task A_cancelled_caller_stops_waiting_but_the_command_is_applied()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        server.Log.HoldSyncs();
        using CancellationTokenSource cancel = new();
        Task<ProposalResult> proposal = server.Node.ProposeAsync(SingleServer.Command("one"), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => proposal);
        server.Log.ReleaseSyncs();
        Assert.Null((await server.ProposeAsync("two")).Error);
        Assert.Equal(["one", "two"], server.Machine.Applied);
    }

    [Fact]
    public async Task A_large_kv_command_travels_in_pieces_and_gives_one_result()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        byte[] command = new byte[(2 * Chunking.ChunkSize) + 1];
        command[0] = 2;
        ProposalResult result = await server.Node.ProposeAsync(command);
        Assert.Equal(new ProposalResult(5, $"CHUNKED {command.Length}", null), result);
        Assert.Equal(5ul, server.Log.LastIndex);
    }

    [Fact]
    public async Task After_stopping_everything_is_refused_and_nothing_is_lost()
    {
        SingleServer server = await SingleServer.StartAsync();
        Task<ProposalResult>[] last = [.. Enumerable.Range(0, 50).Select(i => server.ProposeAsync($"p{i}"))];
        await server.DisposeAsync();
        ProposalResult[] results = await Task.WhenAll(last);
        Assert.All(results, r => Assert.Null(r.Error));
        Assert.Equal(RaftRole.Shutdown, server.Node.Status.Role);
        Assert.Equal(RaftErrors.Shutdown, (await server.ProposeAsync("late")).Error);
        Assert.Equal(RaftErrors.Shutdown, await server.Node.VerifyLeaderAsync());
        Assert.Equal(52ul, server.Log.DurableLastIndex);
    }

    [Fact]
    public async Task Leadership_is_told_in_order()
    {
        List<bool> told = [];
        SingleServer server = new();
        server.Node.LeadershipChanged += leads =>
        {
            Assert.Equal(leads, server.Node.Status.Role == RaftRole.Leader);
            told.Add(leads);
        };
        await server.Node.StartAsync(SingleServer.Alone);
        await SingleServer.UntilAsync(() => told.Count == 1);
        await server.DisposeAsync();
        Assert.Equal([true, false], told);
    }

    [Fact]
    public async Task A_state_machine_that_throws_stops_the_node()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        server.Machine.ApplyFault = new InvalidOperationException("broken");
        Assert.Equal(RaftErrors.Shutdown, (await server.ProposeAsync("one")).Error);
        await SingleServer.UntilAsync(() => server.Node.Status.Role == RaftRole.Shutdown);
    }
}
