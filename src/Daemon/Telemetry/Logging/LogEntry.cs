using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Telemetry.Logging;

/// <summary>One log call before it is formatted. Valid only during the call.</summary>
/// <param name="Module">The logger's name, such as <c>agent.http</c>.</param>
/// <param name="Message">The whole message, for states without a template.</param>
internal readonly record struct LogEntry(
    DateTimeOffset Time, LogLevel Level, string Module, string? Message, LogTemplate? Template,
    IReadOnlyList<KeyValuePair<string, object?>> Values, Exception? Exception)
{
    public string Sentence => Template is null ? Message ?? "" : Template.RenderSentence(Values);
}
