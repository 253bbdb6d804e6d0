using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Agent.Lifecycle;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Daemon.Telemetry.Logging;
using Consul.Fast.Daemon.Telemetry.Metrics;

namespace Consul.Fast.Daemon.Tests.Lifecycle;

public sealed class AgentRunnerTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Channel<PosixSignal> _signals = Channel.CreateUnbounded<PosixSignal>();
    private readonly FakeProcess _process = new();
    private readonly MemoryStream _output = new();
    private Func<AgentConfig> _readConfig = static () => new AgentConfig();

    public void Dispose() => _output.Dispose();

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task Server_ends_at_once_by_default(PosixSignal signal)
    {
        (int exitCode, string log) = await RunAsync(new NodeConfig { LeaveOnTerminate = false, SkipLeaveOnInterrupt = true }, signal);
        Assert.Equal(1, exitCode);
        Assert.Contains("Graceful shutdown disabled. Exiting", log, StringComparison.Ordinal);
        Assert.False(_process.Left);
    }

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task Client_leaves_by_default(PosixSignal signal)
    {
        (int exitCode, string log) = await RunAsync(new NodeConfig(), signal);
        Assert.Equal(0, exitCode);
        Assert.True(_process.Left);
        Assert.Contains("Gracefully shutting down agent...", log, StringComparison.Ordinal);
        Assert.Contains("Graceful exit completed", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_signal_ends_a_leave_that_hangs()
    {
        _process.Leaving = new TaskCompletionSource().Task;
        (int exitCode, string log) = await RunAsync(new NodeConfig(), PosixSignal.SIGTERM, PosixSignal.SIGTERM);
        Assert.Equal(1, exitCode);
        Assert.Contains("Caught second signal, Exiting", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_leave_ends_with_an_error()
    {
        _process.Leaving = Task.FromException(new IOException("no"));
        (int exitCode, string log) = await RunAsync(new NodeConfig(), PosixSignal.SIGTERM);
        Assert.Equal(1, exitCode);
        Assert.Contains("Error on leave: error=no", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hangup_reloads_and_a_wrong_configuration_changes_nothing()
    {
        int reads = 0;
        _readConfig = () => ++reads == 1 ? new AgentConfig() : throw new ConfigException("bad");
        (_, string log) = await RunAsync(new NodeConfig(), PosixSignal.SIGHUP, PosixSignal.SIGHUP, PosixSignal.SIGTERM);
        Assert.Equal(1, _process.Reloads);
        Assert.Contains("Reload config failed: error=bad", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_that_ends_by_itself_gives_the_exit_code()
    {
        _process.End.SetResult(7);
        Assert.Equal(7, (await RunAsync(new NodeConfig())).ExitCode);
    }

    [Fact]
    public async Task Failed_start_is_logged()
    {
        _process.Starting = static _ => throw new IOException("occupied port");
        (int exitCode, string log) = await RunAsync(new NodeConfig());
        Assert.Equal(1, exitCode);
        Assert.Contains("Error starting agent: error=\"occupied port\"", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_data_fails_the_start_with_its_message_alone()
    {
        _process.Starting = static _ => throw new InvalidDataException("state.lz4 is damaged at byte 9");
        (int exitCode, string log) = await RunAsync(new NodeConfig());
        Assert.Equal(1, exitCode);
        Assert.Contains("Error starting agent: error=\"state.lz4 is damaged at byte 9\"\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unexpected_fault_of_the_start_is_logged_whole()
    {
        _process.Starting = static _ => throw new InvalidOperationException("a bug");
        (int exitCode, string log) = await RunAsync(new NodeConfig());
        Assert.Equal(1, exitCode);
        Assert.Contains("Error starting agent: error=", log, StringComparison.Ordinal);
        Assert.Contains("a bug", log, StringComparison.Ordinal);
        Assert.Contains("   at ", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signals_during_the_start_cancel_it_but_hangup_does_not()
    {
        _process.Starting = static cancellation => Task.Delay(Timeout.Infinite, cancellation);
        (int exitCode, string log) = await RunAsync(new NodeConfig(), PosixSignal.SIGHUP, PosixSignal.SIGTERM);
        Assert.Equal(1, exitCode);
        Assert.Contains("cannot reload before agent started", log, StringComparison.Ordinal);
        Assert.DoesNotContain("Consul agent running!", log, StringComparison.Ordinal);
    }

    /// <summary>Signals are sent one after the other; during the start when that takes long, else once the agent runs.</summary>
    private async Task<(int ExitCode, string Log)> RunAsync(NodeConfig node, params PosixSignal[] signals)
    {
        int exitCode;
        await using (var logging = new AgentLogging(Microsoft.Extensions.Logging.LogLevel.Debug, false, [new StreamLogOutput(_output)]))
        {
            logging.Start();
            var config = new AgentConfig { Node = node };
            var context = new AgentProcessContext(config, logging, new MetricsRegistry(config.Telemetry, "h"), () => _readConfig(), TimeProvider.System);
            var runner = new AgentRunner(_process, context, _signals.Reader, TextWriter.Null);
            if (_process.Starting is null) _process.Started = () => Send(signals);
            else Send(signals);
            exitCode = await runner.RunAsync(CancellationToken.None).WaitAsync(Deadline);
        }

        return (exitCode, Encoding.UTF8.GetString(_output.ToArray()));
    }

    /// <summary>From a later turn, so that the start is over for those that come after it.</summary>
    private void Send(PosixSignal[] signals) => _ = Task.Run(async () =>
    {
        if (_process.Starting is null) await _process.RunningAsync();
        foreach (PosixSignal signal in signals) _signals.Writer.TryWrite(signal);
    });

    private sealed class FakeProcess : IAgentProcess
    {
        private readonly TaskCompletionSource _awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<int> End { get; } = new();

        public Func<CancellationToken, Task>? Starting { get; set; }

        public Action? Started { get; set; }

        public Task Leaving { get; set; } = Task.CompletedTask;

        public bool Left { get; private set; }

        public int Reloads { get; private set; }

        /// <summary>Read first when the start is over.</summary>
        public Task<int> Ended
        {
            get
            {
                _awaited.TrySetResult();
                return End.Task;
            }
        }

        public Task RunningAsync() => _awaited.Task;

        public async Task StartAsync(CancellationToken cancellation)
        {
            if (Starting is not null) await Starting(cancellation);
            Started?.Invoke();
        }

        public Task<string?> ReloadAsync(AgentConfig config)
        {
            Reloads++;
            return Task.FromResult<string?>(null);
        }

        public Task LeaveAsync()
        {
            Left = true;
            return Leaving;
        }

        public ValueTask DisposeAsync() => default;
    }
}
