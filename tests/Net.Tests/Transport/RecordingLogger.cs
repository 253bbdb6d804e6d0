using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Tests.Transport;

/// <summary>Keeps every message as "Level: text".</summary>
internal sealed class RecordingLogger : ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public string[] Lines => [.. _lines];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{level}: {formatter(state, exception)} {exception}");
}
