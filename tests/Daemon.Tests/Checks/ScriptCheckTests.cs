using System.Diagnostics;
using Consul.Fast.Daemon.Checks;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Tests.Agent;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Tests.Checks;

public sealed class ScriptCheckTests : IDisposable
{
    private readonly CheckHarness _harness = new(outputMaxSize: 64);

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData(0, "passing")]
    [InlineData(1, "warning")]
    [InlineData(2, "critical")]
    [InlineData(255, "critical")]
    public async Task Exit_code_decides(int code, string status) =>
        Assert.Equal(new CheckResult("c", status, "out\nerr\n"), await RunAsync($"echo out; echo err >&2; exit {code}"));

    [Fact]
    public async Task Death_by_signal_is_critical() => Assert.Equal("critical", (await RunAsync("kill -9 $$")).Status);

    [Fact]
    public async Task Long_output_keeps_its_tail()
    {
        CheckResult result = await RunAsync("i=0; while [ $i -lt 100 ]; do echo -n 0123456789; i=$((i+1)); done");
        Assert.Equal("Captured 64 of 1000 bytes\n...\n6789" + string.Concat(Enumerable.Repeat("0123456789", 6)), result.Output);
    }

    [Theory]
    [InlineData("no-such-command-here", "exec: \"no-such-command-here\": executable file not found in $PATH")]
    [InlineData("/no/such/file", "fork/exec /no/such/file: no such file or directory")]
    [InlineData("/etc/passwd", "fork/exec /etc/passwd: permission denied")]
    public async Task Command_that_cannot_start_is_critical(string file, string output) =>
        Assert.Equal(new CheckResult("c", "critical", output), await _harness.RunOnceAsync(Create(TimeSpan.FromSeconds(10), file)));

    [Fact]
    public async Task Time_out_ends_the_whole_group()
    {
        string mark = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString());
        string script = $"sleep 300 & echo $! > {mark}; echo started; sleep 300";
        CheckResult result = await _harness.RunOnceAsync(Create(TimeSpan.FromMilliseconds(300), "/bin/sh", "-c", script));
        Assert.Equal(new CheckResult("c", "critical", "Timed out (300ms) running check\n\nstarted\n"), result);
        int grandchild = int.Parse(await File.ReadAllTextAsync(mark));
        await Eventually.TrueAsync(() => !IsRunning(grandchild), "the grandchild ends");
        File.Delete(mark);
    }

    [Fact]
    public async Task Environment_and_arguments_reach_the_command()
    {
        CheckResult result = await _harness.RunOnceAsync(Create(
            TimeSpan.FromSeconds(10), "/bin/sh", "-c", "echo \"$1 ${PATH:+has-path}\"; cat", "sh", "a b"));
        Assert.Equal(new CheckResult("c", "passing", "a b has-path\n"), result);
    }

    [Fact]
    public async Task Many_scripts_at_once_hold_no_thread_each()
    {
        int before = ThreadPool.ThreadCount;
        ScriptCheck[] checks = [.. Enumerable.Range(0, 60).Select(_ => Create(TimeSpan.FromSeconds(20), "/bin/sleep", "1"))];
        foreach (ScriptCheck check in checks) check.Start();
        int most = 0;
        await Eventually.TrueAsync(
            () =>
            {
                most = Math.Max(most, ThreadPool.ThreadCount);
                return _harness.Results.Count >= checks.Length;
            },
            "all have run");
        foreach (ScriptCheck check in checks) check.Stop();
        Assert.InRange(most, 0, before + 25);
        Assert.All(_harness.Results, static result => Assert.Equal("passing", result.Status));
    }

    private Task<CheckResult> RunAsync(string script) => _harness.RunOnceAsync(Create(TimeSpan.FromSeconds(10), "/bin/sh", "-c", script));

    private ScriptCheck Create(TimeSpan timeout, params string[] args) => new(_harness.Environment, new CheckDefinition
    {
        Id = "c",
        ScriptArgs = args,
        IntervalNs = 20 * GoDuration.Millisecond,
        TimeoutNs = GoDuration.ToNanoseconds(timeout),
    });

    private static bool IsRunning(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            // A killed orphan may stay as a zombie until its new parent looks.
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception fault) when (fault is ArgumentException or IOException)
        {
            return false;
        }
    }
}
