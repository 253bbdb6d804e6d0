using System.Runtime.InteropServices;
using System.Threading.Channels;
using Consul.Fast.Daemon.Config;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Lifecycle;

/// <summary>Runs an agent until a signal, the API or a fault ends it, and gives the exit code.</summary>
/// <param name="error">Gets the metrics when they are asked for by signal.</param>
internal sealed class AgentRunner(
    IAgentProcess process, AgentProcessContext context, ChannelReader<PosixSignal> signals, TextWriter error)
{
    /// <summary>How long a graceful leave may take.</summary>
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(15);

    private readonly ILogger _logger = context.Logging.CreateLogger("agent");

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        if (!await StartAsync(cancellation)) return Cli.ExitCode.Error;
        _logger.Running();
        Task<int> ended = process.Ended;
        while (true)
        {
            using var stopWaiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task<bool> signal = signals.WaitToReadAsync(stopWaiting.Token).AsTask();
            await Task.WhenAny(ended, signal);
            if (ended.IsCompleted)
            {
                await stopWaiting.CancelAsync();
                return await ended;
            }

            if (signal.IsCanceled) return Cli.ExitCode.Error;
            if (!signals.TryRead(out PosixSignal caught)) continue;
            if (await HandleAsync(caught) is { } exitCode) return exitCode;
        }
    }

    /// <summary>Starts the agent; a signal meanwhile cancels that.</summary>
    private async Task<bool> StartAsync(CancellationToken cancellation)
    {
        using var cancelStart = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var stopWatching = new CancellationTokenSource();
        Task watching = WatchDuringStartAsync(cancelStart, stopWatching.Token);
        try
        {
            await process.StartAsync(cancelStart.Token);
            return true;
        }
        catch (Exception e)
        {
            _logger.StartFailed(e);
            return false;
        }
        finally
        {
            await stopWatching.CancelAsync();
            await watching;
        }
    }

    private async Task WatchDuringStartAsync(CancellationTokenSource cancelStart, CancellationToken stop)
    {
        try
        {
            await foreach (PosixSignal signal in signals.ReadAllAsync(stop))
            {
                if (signal == PosixSignal.SIGHUP)
                {
                    _logger.RefusedSignal(ProcessSignals.Name(signal), "cannot reload before agent started");
                    continue;
                }

                if (signal == ProcessSignals.UserOne) continue;
                _logger.CaughtSignal(ProcessSignals.Name(signal));
                await cancelStart.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The start is over; from now on signals mean something else.
        }
    }

    /// <summary>The exit code when the signal ends the agent, else null.</summary>
    private async Task<int?> HandleAsync(PosixSignal signal)
    {
        if (signal == ProcessSignals.UserOne)
        {
            foreach (Telemetry.Metrics.MetricsSnapshot interval in context.Metrics.CompleteIntervals()) interval.WriteText(error);
            return null;
        }

        _logger.CaughtSignal(ProcessSignals.Name(signal));
        if (signal == PosixSignal.SIGHUP)
        {
            await ReloadAsync();
            return null;
        }

        bool graceful = signal == PosixSignal.SIGINT ? !context.Config.Node.SkipLeaveOnInterrupt : context.Config.Node.LeaveOnTerminate;
        if (graceful) return await LeaveAsync();
        _logger.GracefulShutdownDisabled();
        return Cli.ExitCode.Error;
    }

    private async Task ReloadAsync()
    {
        try
        {
            _logger.Reloading();
            if (await process.ReloadAsync(context.ReadConfig()) is { } refused) _logger.ReloadFailed(refused);
        }
        catch (ConfigException e)
        {
            _logger.ReloadFailed(e.Message);
        }
    }

    private async Task<int> LeaveAsync()
    {
        _logger.GracefulShutdown();
        using var stopWaiting = new CancellationTokenSource();
        Task leave = process.LeaveAsync();
        Task<PosixSignal> second = NextEndingSignalAsync(stopWaiting.Token);
        Task timeout = Task.Delay(LeaveTimeout, context.Time, stopWaiting.Token);
        Task first = await Task.WhenAny(leave, second, timeout);
        await stopWaiting.CancelAsync();
        if (first == second)
        {
            _logger.CaughtSecondSignal(ProcessSignals.Name(await second));
            return Cli.ExitCode.Error;
        }

        if (first == timeout)
        {
            _logger.LeaveTimedOut();
            return Cli.ExitCode.Error;
        }

        if (leave.Exception?.GetBaseException() is { } fault)
        {
            _logger.LeaveFailed(fault.Message);
            return Cli.ExitCode.Error;
        }

        _logger.GracefulExitCompleted();
        return Cli.ExitCode.Success;
    }

    private async Task<PosixSignal> NextEndingSignalAsync(CancellationToken stop)
    {
        PosixSignal signal;
        do
        {
            signal = await signals.ReadAsync(stop);
        }
        while (signal == ProcessSignals.UserOne);
        return signal;
    }
}
