using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace Consul.Fast.Gossip.Tests.Node;

/// <summary>Puts what nodes log into the output of a test, which is shown when it fails; errors with a trace fail nobody.</summary>
internal sealed class TestLog(ITestOutputHelper output)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _gate = new();

    public ILogger For(string node) => new NodeLogger(this, node);

    private void Write(string node, LogLevel level, string text)
    {
        lock (_gate)
        {
            try
            {
                output.WriteLine($"{_clock.Elapsed.TotalSeconds,8:F3} {node} {level}: {text}");
            }
            catch (InvalidOperationException)
            {
                // The test is over; its nodes are on their way out.
            }
        }
    }

    private sealed class NodeLogger(TestLog log, string node) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Write(node, logLevel, $"{formatter(state, exception)} {exception}");
    }
}
