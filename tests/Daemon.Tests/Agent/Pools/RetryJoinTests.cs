using Consul.Fast.Daemon.Agent.Pools;

namespace Consul.Fast.Daemon.Tests.Agent.Pools;

public sealed class RetryJoinTests
{
    private readonly LogLines _log = new();
    private readonly List<string> _asked = [];

    [Fact]
    public async Task Tries_until_somebody_answers()
    {
        Assert.Null(await Retry(new RetryJoinOptions("LAN", ["a", "b"], TimeSpan.Zero, 0), failures: 3).RunAsync(default));
        Assert.Equal(["a b", "a b", "a b", "a b"], _asked);
        Assert.Equal(
            [
                "Information: Joining cluster...: cluster=LAN",
                "Warning: Join cluster failed, will retry: cluster=LAN retry_interval=00:00:00 error=why",
                "Warning: Join cluster failed, will retry: cluster=LAN retry_interval=00:00:00 error=why",
                "Warning: Join cluster failed, will retry: cluster=LAN retry_interval=00:00:00 error=why",
                "Information: Join cluster completed. Synced with initial agents: cluster=LAN num_agents=2",
            ],
            _log.Lines);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 4)]
    public async Task Gives_up_after_one_failure_more_than_allowed(int max, int attempts)
    {
        var options = new RetryJoinOptions("WAN", ["a"], TimeSpan.FromMilliseconds(-5), max);
        Assert.Equal("agent: max join WAN retry exhausted, exiting", await Retry(options, failures: 99).RunAsync(default));
        Assert.Equal(attempts, _asked.Count);
    }

    [Fact]
    public async Task Nothing_to_join_is_no_attempt()
    {
        Assert.Null(await Retry(new RetryJoinOptions("LAN", [], TimeSpan.Zero, 1), failures: 0).RunAsync(default));
        Assert.Empty(_asked);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Entry_for_a_provider_is_named_and_left_out()
    {
        var options = new RetryJoinOptions("LAN", ["provider=aws tag_key=k", "a", "provider=zz", "provider="], TimeSpan.Zero, 0);
        Assert.Null(await Retry(options, failures: 0).RunAsync(default));
        Assert.Equal(["a"], _asked);
        Assert.Equal(
            [
                "Error: Cannot discover address: cluster=LAN address=provider=aws tag_key=k error=discover: provider aws is not supported, write addresses or a DNS name instead",
                "Error: Cannot discover address: cluster=LAN address=provider=zz error=discover: unknown provider zz",
                "Error: Cannot discover address: cluster=LAN address=provider= error=discover: no provider",
            ],
            _log.Lines.Where(static line => line.StartsWith("Error", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Entries_for_providers_alone_are_nobody_to_join()
    {
        var options = new RetryJoinOptions("LAN", ["provider=aws"], TimeSpan.Zero, 1);
        Assert.Equal("agent: max join LAN retry exhausted, exiting", await Retry(options, failures: 0).RunAsync(default));
        Assert.Contains("Warning: Join cluster failed, will retry: cluster=LAN retry_interval=00:00:00 error=No servers to join", _log.Lines);
    }

    [Fact]
    public async Task End_of_the_agent_ends_the_wait()
    {
        using var cancel = new CancellationTokenSource();
        Task<string?> run = Retry(new RetryJoinOptions("LAN", ["a"], TimeSpan.FromHours(1), 0), failures: 99).RunAsync(cancel.Token);
        await Eventually.TrueAsync(() => _log.Lines.Any(static line => line.Contains("will retry", StringComparison.Ordinal)), "a failed attempt");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    private RetryJoin Retry(RetryJoinOptions options, int failures)
    {
        return new RetryJoin(options, Join, TimeProvider.System, _log);

        Task<JoinOutcome> Join(IReadOnlyList<string> addresses, CancellationToken cancellation)
        {
            _asked.Add(string.Join(' ', addresses));
            return Task.FromResult(_asked.Count <= failures ? JoinOutcome.Failed("why") : new JoinOutcome(2, null));
        }
    }
}
