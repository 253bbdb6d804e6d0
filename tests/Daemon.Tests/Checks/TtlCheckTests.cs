using Consul.Fast.Daemon.Checks;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Tests.Agent;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Tests.Checks;

public sealed class TtlCheckTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly CheckHarness _harness;

    public TtlCheckTests() => _harness = new CheckHarness(_time, outputMaxSize: 10);

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Silence_turns_it_critical()
    {
        TtlCheck check = Create("");
        check.Start();
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(new CheckResult("c", "critical", "TTL expired"), await _harness.NextAsync());
    }

    [Fact]
    public async Task Last_output_is_shown_when_it_expires()
    {
        TtlCheck check = Create("");
        check.Start();
        Assert.Equal("fine", check.SetStatus("passing", "fine"));
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(
            new CheckResult("c", "critical", "TTL expired (last output before timeout follows): fine"), await _harness.NextAsync(1));
    }

    [Fact]
    public async Task Update_starts_the_time_anew()
    {
        TtlCheck check = Create("");
        check.Start();
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(20));
            await Task.Delay(60);
            check.SetStatus("warning", "");
        }

        Assert.All(_harness.Results, static result => Assert.Equal("warning", result.Status));
    }

    [Fact]
    public void Long_output_keeps_its_head()
    {
        TtlCheck check = Create("");
        Assert.Equal("0123456789 ... (captured 10 of 12 bytes)", check.SetStatus("passing", "0123456789ab"));
    }

    private TtlCheck Create(string output) =>
        new(_harness.Environment, new CheckDefinition { Id = "c", TtlNs = 30 * GoDuration.Second }, output);
}
