using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>Log messages about user events; ids from 5680.</summary>
internal static partial class UserEventLog
{
    [LoggerMessage(5680, LogLevel.Error, "Failed to decode event: event={Name}")]
    public static partial void Undecodable(ILogger logger, string name);

    [LoggerMessage(5681, LogLevel.Warning, "Event version may have unsupported features: version={Version} event={Name}")]
    public static partial void UnknownVersion(ILogger logger, long version, string name);

    [LoggerMessage(5682, LogLevel.Error, "Failed to parse {What} filter for event: filter={Filter} event={Name} error={Error}")]
    public static partial void BrokenFilter(ILogger logger, string what, string filter, string name, string error);

    [LoggerMessage(5683, LogLevel.Information, "ignoring remote exec event, disabled.: event_name={Name} event_id={Id}")]
    public static partial void ExecutionDisabled(ILogger logger, string name, string id);

    [LoggerMessage(5684, LogLevel.Warning, "ignoring remote exec event, not supported.: event_name={Name} event_id={Id}")]
    public static partial void ExecutionUnsupported(ILogger logger, string name, string id);

    [LoggerMessage(5685, LogLevel.Debug, "new event: event_name={Name} event_id={Id}")]
    public static partial void NewEvent(ILogger logger, string name, string id);
}
