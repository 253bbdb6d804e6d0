using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Telemetry.Logging;

/// <summary>The logger of one module; its name is the module's.</summary>
internal sealed class ModuleLogger(AgentLogging logging, string module) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logging.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!logging.IsEnabled(logLevel)) return;
        if (state is IReadOnlyList<KeyValuePair<string, object?>> { Count: > 0 } values
            && values[^1] is { Key: "{OriginalFormat}", Value: string format })
        {
            logging.Write(logLevel, module, null, LogTemplate.For(format), values, exception);
            return;
        }

        logging.Write(logLevel, module, formatter(state, exception), null, [], exception);
    }
}
