using Consul.Fast.Daemon.Checks;
using Consul.Fast.Daemon.Config.Definitions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Checks;

public sealed class StatusHandlerTests
{
    [Theory]
    [InlineData("passing", "p")]
    [InlineData("critical", "c")]
    [InlineData("warning", "w")]
    public void First_result_is_published_whatever_the_thresholds(string status, string expected) =>
        Assert.Equal(expected, Run(3, 3, status));

    [Fact]
    public void Status_changes_only_after_enough_consecutive_results() =>
        Assert.Equal("ppcppc", Run(2, 3, "passing", "critical", "critical", "passing", "passing", "critical", "critical", "critical",
            "passing", "critical", "passing", "passing", "passing", "critical", "critical", "critical"));

    [Fact]
    public void Warnings_count_as_successes() => Assert.Equal("cw", Run(2, 0, "critical", "passing", "warning"));

    [Fact]
    public void Without_thresholds_every_result_is_published() => Assert.Equal("pcp", Run(0, 0, "passing", "critical", "passing"));

    private static string Run(int successes, int failures, params string[] statuses)
    {
        using var harness = new CheckHarness();
        var check = new CheckDefinition { Id = "c", SuccessBeforePassing = successes, FailuresBeforeCritical = failures };
        var handler = new StatusHandler(harness, NullLogger.Instance, check);
        foreach (string status in statuses) handler.Update(status, "");
        return string.Concat(harness.Results.Select(static result => result.Status[0]));
    }
}
