using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Tests.Http;

/// <summary>A log that keeps the first line of a request's end.</summary>
internal sealed class FirstOutcome : ILogger
{
    private const int Finished = 5200;
    private const int Failed = 5202;

    private readonly TaskCompletionSource<string> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<string> Text => _outcome.Task;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id is Finished or Failed) _outcome.TrySetResult(formatter(state, exception));
    }
}
