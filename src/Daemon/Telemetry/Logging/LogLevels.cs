using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Telemetry.Logging;

/// <summary>Consul's names of log levels.</summary>
internal static class LogLevels
{
    /// <summary>Reads <c>trace</c>, <c>debug</c>, <c>info</c>, <c>warn</c>, <c>err</c> or <c>error</c>, in any case.</summary>
    public static bool TryParse(string text, out LogLevel level)
    {
        level = text.ToUpperInvariant() switch
        {
            "TRACE" => LogLevel.Trace,
            "DEBUG" => LogLevel.Debug,
            "INFO" => LogLevel.Information,
            "WARN" => LogLevel.Warning,
            "ERR" or "ERROR" => LogLevel.Error,
            _ => LogLevel.None,
        };
        return level != LogLevel.None;
    }

    /// <summary>The refusal of an unknown name.</summary>
    public static string Invalid(string text) => $"Invalid log level: {text}. Valid log levels are: [TRACE DEBUG INFO WARN ERR ERROR]";
}
