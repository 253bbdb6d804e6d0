using Consul.Fast.Daemon.Agent.Pools;

namespace Consul.Fast.Daemon.Tests.Agent.Pools;

public sealed class PoolJoinerTests
{
    private readonly LogLines _log = new();
    private readonly LogLines _memberLog = new();

    [Fact]
    public async Task One_that_answers_is_success()
    {
        JoinOutcome outcome = await Joiner(new JoinablePool(2)).JoinAsync(["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:x"], default);
        Assert.Equal(new JoinOutcome(1, null), outcome);
        Assert.Equal(
            ["Information: (LAN) joining: lan_addresses=127.0.0.1:1, 127.0.0.1:2, 127.0.0.1:x", "Information: (LAN) joined: number_of_nodes=1"],
            _log.Lines);
        Assert.Equal(
            [
                "Debug: memberlist: Failed to join 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused",
                "Warning: memberlist: Failed to resolve 127.0.0.1:x: strconv.ParseUint: parsing \"x\": invalid syntax",
            ],
            _memberLog.Lines);
    }

    [Fact]
    public async Task Failures_of_all_addresses_are_told_together_in_their_order()
    {
        JoinOutcome outcome = await Joiner(new JoinablePool()).JoinAsync(["127.0.0.1:1", "127.1", "[::1]:2", "127.0.0.1:1"], default);
        Assert.Equal(
            "4 errors occurred:\n\t* Failed to join 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused\n"
            + "\t* Failed to resolve 127.1: lookup 127.1: no such host\n"
            + "\t* Failed to join [::1]:2: dial tcp [::1]:2: connect: connection refused\n"
            + "\t* Failed to join 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused\n\n",
            outcome.Error);
        Assert.Contains(_log.Lines, static line => line.StartsWith("Warning: (LAN) couldn't join: number_of_nodes=0 error=4 errors", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Expected_name_and_own_port_go_with_the_address()
    {
        var pool = new JoinablePool(8302);
        await Joiner(pool).JoinAsync(["n2.dc2/127.0.0.1"], default);
        Assert.Equal(("n2.dc2", "127.0.0.1:8302"), (pool.Joins[0][0].Node, pool.Joins[0][0].Address.ToString()));
    }

    [Fact]
    public async Task Pool_that_was_left_cannot_be_joined() =>
        Assert.Equal("Serf can't Join after Leave or Shutdown", (await Joiner(new JoinablePool { Stopped = true }).JoinAsync(["127.0.0.1"], default)).Error);

    [Fact]
    public async Task Caller_does_not_wait_longer_than_it_wants()
    {
        using var cancel = new CancellationTokenSource();
        Task<JoinOutcome> join = Joiner(new JoinablePool { Hangs = true }).JoinAsync(["127.0.0.1"], cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => join);
    }

    private PoolJoiner Joiner(JoinablePool pool) => new("LAN", pool, new JoinAddresses(static () => 8302), _log, _memberLog);
}
