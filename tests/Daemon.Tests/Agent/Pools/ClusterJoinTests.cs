using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Tests.Config;

namespace Consul.Fast.Daemon.Tests.Agent.Pools;

public sealed class ClusterJoinTests
{
    private readonly LogLines _log = new();
    private readonly JoinablePool _lan = new(1);
    private readonly JoinablePool _wan = new(2);
    private int _exhausted;

    [Fact]
    public async Task Attempts_of_the_start_are_made_once_for_each_pool()
    {
        await using ClusterJoin join = Join("start_join = [\"127.0.0.1:1\", \"127.0.0.1:9\"]", "start_join_wan = [\"127.0.0.1:2\"]");
        await join.JoinAtStartAsync(default);
        Assert.Equal((1, 1), (_lan.Joins.Count, _wan.Joins.Count));
        Assert.Contains("Information: Join completed. Initial agents synced with: agent_count=1", _log.Lines);
        Assert.Contains("Information: Join wan completed. Initial agents synced with: agent_count=1", _log.Lines);
    }

    [Fact]
    public async Task Failure_of_all_at_the_start_is_final()
    {
        await using ClusterJoin join = Join("start_join = [\"127.0.0.1:9\"]");
        StartJoinException fault = await Assert.ThrowsAsync<StartJoinException>(() => join.JoinAtStartAsync(default));
        Assert.Equal("1 error occurred:\n\t* Failed to join 127.0.0.1:9: dial tcp 127.0.0.1:9: connect: connection refused\n\n", fault.Message);
    }

    [Fact]
    public async Task Exhausted_attempts_end_the_agent()
    {
        await using ClusterJoin join = Join("retry_join = [\"127.0.0.1:9\"]", "retry_interval = \"1ms\"", "retry_max = 1");
        join.StartRetrying();
        await Eventually.TrueAsync(() => Volatile.Read(ref _exhausted) == 1, "the end of the agent");
        Assert.Contains("Error: Retry join failed: error=agent: max join LAN retry exhausted, exiting", _log.Lines);
        Assert.Equal(2, _lan.Joins.Count);
    }

    [Fact]
    public async Task Both_pools_are_joined_in_the_background()
    {
        await using ClusterJoin join = Join("retry_join = [\"127.0.0.1:1\"]", "retry_join_wan = [\"127.0.0.1:2\"]");
        join.StartRetrying();
        await Eventually.TrueAsync(() => _log.Lines.Count(static line => line.Contains("Join cluster completed", StringComparison.Ordinal)) == 2, "two joins");
        Assert.Equal(0, _exhausted);
    }

    [Fact]
    public async Task Disposing_ends_the_attempts_at_once()
    {
        ClusterJoin join = Join("retry_join = [\"127.0.0.1:9\"]", "retry_join_wan = [\"127.0.0.1:9\"]");
        join.StartRetrying();
        await join.DisposeAsync();
        Assert.Equal(0, _exhausted);
    }

    [Fact]
    public async Task Wan_needs_a_server_and_a_port()
    {
        await using var client = new ClusterJoin(
            ConfigSetup.Server("server = false").Config, Joiner("LAN", _lan), null, new ServiceManager(""), TimeProvider.System, _log, () => { });
        Assert.Equal("Must be a server to join WAN cluster", await client.JoinAsync("127.0.0.1", inWan: true, default));
        await using var server = new ClusterJoin(
            ConfigSetup.Server("ports { serf_wan = -1 }").Config, Joiner("LAN", _lan), null, new ServiceManager(""), TimeProvider.System, _log, () => { });
        Assert.Equal("WAN Federation is disabled", await server.JoinAsync("127.0.0.1", inWan: true, default));
    }

    private ClusterJoin Join(params string[] settings)
    {
        AgentConfig config = ConfigSetup.Server(settings).Config;
        return new ClusterJoin(
            config, Joiner("LAN", _lan), Joiner("WAN", _wan), new ServiceManager(""), TimeProvider.System, _log, () => Interlocked.Increment(ref _exhausted));
    }

    private PoolJoiner Joiner(string name, JoinablePool pool) => new(name, pool, new JoinAddresses(static () => 8301), _log, _log);
}
