using System.Text;
using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Node;

public class SnapshotTests
{
    [Fact]
    public async Task A_snapshot_holds_the_last_command_and_the_configuration()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        Assert.Equal((null, RaftErrors.NothingNew), await server.Node.SnapshotAsync());
        await server.ProposeAsync("one");
        (SnapshotMeta? snapshot, string? error) = await server.Node.SnapshotAsync();
        Assert.Null(error);
        Assert.Equal((3ul, 2ul, 1ul), (snapshot!.Index, snapshot.Term, snapshot.ConfigurationIndex));
        Assert.Equal(SingleServer.Alone.Servers, snapshot.Configuration.Servers);
        await SingleServer.UntilAsync(() => server.Node.Status.LastSnapshotIndex == 3);
        Assert.Equal("one", await ReadAsync(server.Snapshots.Open(snapshot)));
    }

    [Fact]
    public async Task A_configuration_above_the_last_command_has_to_wait()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        await server.ProposeAsync("one");
        ProposalResult change = await server.Node.ChangeConfigurationAsync(
            new ConfigurationChange(ConfigurationChangeKind.AddNonVoter, "b", "127.0.0.2:8300"));
        Assert.Equal(4ul, change.Index);
        Assert.Equal(
            "cannot take snapshot now, wait until the configuration entry at 4 has been applied (have applied 3)",
            (await server.Node.SnapshotAsync()).Error);
        await server.Node.BarrierAsync();
        Assert.Equal(5ul, (await server.Node.SnapshotAsync()).Snapshot!.Index);
    }

    [Fact]
    public async Task A_grown_log_is_snapshotted_and_compacted_by_itself()
    {
        await using SingleServer server = await SingleServer.StartAsync(
            configure: o => o with { Snapshots = new SnapshotPolicy(TimeSpan.FromMilliseconds(20), 50, 10) });
        for (int i = 0; i < 60; i++) await server.ProposeAsync($"p{i}");
        await SingleServer.UntilAsync(() => server.Node.Status.LastSnapshotIndex > 0);
        ulong snapshot = server.Node.Status.LastSnapshotIndex;
        await SingleServer.UntilAsync(() => server.Log.FirstIndex > 1);
        Assert.InRange(snapshot, 50ul, 62ul);
        Assert.InRange(server.Log.FirstIndex, 40ul, snapshot + 1);
    }

    [Fact]
    public async Task The_policy_can_be_replaced_while_running()
    {
        await using SingleServer server = await SingleServer.StartAsync(
            configure: o => o with { Snapshots = new SnapshotPolicy(TimeSpan.FromMilliseconds(20), 1000, 10) });
        for (int i = 0; i < 20; i++) await server.ProposeAsync($"p{i}");
        Assert.Equal(0ul, server.Node.Status.LastSnapshotIndex);
        server.Node.SnapshotPolicy = server.Node.SnapshotPolicy with { Threshold = 10 };
        await SingleServer.UntilAsync(() => server.Node.Status.LastSnapshotIndex > 0);
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_stored_is_an_error_and_nothing_else()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        await server.ProposeAsync("one");
        server.Snapshots.CommitFault = "No space left on device";
        Assert.Equal("failed to take snapshot: No space left on device", (await server.Node.SnapshotAsync()).Error);
        Assert.Equal(0ul, server.Node.Status.LastSnapshotIndex);
        server.Snapshots.CommitFault = null;
        Assert.NotNull((await server.Node.SnapshotAsync()).Snapshot);
    }

    [Fact]
    public async Task A_restore_replaces_the_state_and_leaves_a_hole_in_the_log()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        await server.ProposeAsync("old");
        Assert.Null(await RestoreAsync(server, 10, "new\nnewer"));
        ProposalResult barrier = await server.Node.BarrierAsync();

        // The snapshot takes 11, the Noop 12, the barrier 13.
        Assert.Equal(13ul, barrier.Index);
        Assert.Equal(["new", "newer"], server.Machine.Applied);
        Assert.Equal(12ul, server.Log.FirstIndex);
        Assert.Equal((11ul, 2ul), (server.Node.Status.LastSnapshotIndex, server.Node.Status.LastSnapshotTerm));
        Assert.Equal(RaftRole.Leader, server.Node.Status.Role);
        Assert.Equal(SingleServer.Alone.Servers, server.Node.Configuration.Configuration.Servers);
        Assert.Equal("LATER", (await server.ProposeAsync("later")).Value);

        SingleServer next = await SingleServer.StartAsync(server.Log.Crash(), server.Snapshots);
        await using (next) Assert.Equal(["new", "newer", "later"], next.Machine.Applied);
    }

    [Fact]
    public async Task Writes_under_way_fail_when_a_snapshot_is_restored_and_later_ones_wait()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        server.Log.HoldSyncs();
        Task<ProposalResult> pending = server.ProposeAsync("pending");
        Task<string?> restore = RestoreAsync(server, 1, "restored");
        Assert.Equal(RaftErrors.SnapshotRestored, (await pending).Error);
        Task<ProposalResult> later = server.ProposeAsync("later");
        Assert.False(later.IsCompleted);
        server.Log.ReleaseSyncs();
        Assert.Null(await restore);
        Assert.Null((await later).Error);
        Assert.Equal(["restored", "later"], server.Machine.Applied);
    }

    [Fact]
    public async Task A_snapshot_that_the_state_machine_refuses_changes_nothing()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        await server.ProposeAsync("old");
        Assert.Equal("failed to restore snapshot: !damaged", await RestoreAsync(server, 10, "!damaged"));
        Assert.Empty(server.Snapshots.List());
        Assert.Equal(new ProposalResult(4, "MORE", null), await server.ProposeAsync("more"));
        Assert.Equal(["old", "more"], server.Machine.Applied);
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_stored_is_taken_back()
    {
        await using SingleServer server = await SingleServer.StartAsync();
        await server.ProposeAsync("old");
        server.Snapshots.CommitFault = "No space left on device";
        Assert.Equal("failed to restore snapshot: No space left on device", await RestoreAsync(server, 10, "new"));
        Assert.Equal(new ProposalResult(4, "MORE", null), await server.ProposeAsync("more"));
        Assert.Equal(["old", "more"], server.Machine.Applied);
    }

    [Fact]
    public async Task A_restore_needs_a_leader()
    {
        SingleServer server = await SingleServer.StartAsync();
        await server.DisposeAsync();
        Assert.Equal(RaftErrors.Shutdown, await RestoreAsync(server, 10, "new"));
    }

    private static Task<string?> RestoreAsync(SingleServer server, ulong index, string state)
    {
        SnapshotMeta meta = new("user", index, 1, ClusterConfiguration.Empty, 1, state.Length);
        return server.Node.RestoreAsync(meta, new MemoryStream(Encoding.ASCII.GetBytes(state))).AsTask();
    }

    private static async Task<string> ReadAsync(Stream stream)
    {
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync();
    }
}
