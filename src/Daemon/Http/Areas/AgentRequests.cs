using System.Runtime.CompilerServices;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Filter;
using Consul.Fast.Daemon.Text;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>What the agent's endpoints share.</summary>
internal static class AgentRequests
{
    /// <summary>
    /// Leaves the thread that serves connections: what follows writes files. The exchange stays valid.
    /// </summary>
    public static ConfiguredTaskAwaitable LeaveConnectionThread() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

    /// <summary>Ends a write: the fault, or an empty answer.</summary>
    public static void Finish(this HttpExchange exchange, string? fault)
    {
        if (fault is null) exchange.Empty();
        else exchange.Error(fault);
    }

    /// <summary>Reads <c>?enable</c> of the maintenance endpoints; false when the answer is set.</summary>
    public static bool TryReadEnable(this HttpExchange exchange, out bool enable)
    {
        enable = false;
        string? text = exchange.Query.Get("enable");
        if (string.IsNullOrEmpty(text))
        {
            exchange.Text(StatusCodes.Status400BadRequest, "Missing value for enable");
            return false;
        }

        switch (text)
        {
            case "1" or "t" or "T" or "TRUE" or "true" or "True":
                enable = true;
                return true;
            case "0" or "f" or "F" or "FALSE" or "false" or "False":
                return true;
            default:
                exchange.Text(StatusCodes.Status400BadRequest, $"Invalid value for enable: {GoDuration.Quote(text)}");
                return false;
        }
    }

    /// <summary>
    /// Applies <c>?filter</c> to local records; null when the answer is set. Its selectors are looked at only when there is
    /// something to select from.
    /// </summary>
    public static IReadOnlyList<T>? Filter<T>(this HttpExchange exchange, IReadOnlyList<T> records, Selectable<T> selectors)
    {
        if (exchange.Query.Get("filter") is not { Length: > 0 } text) return records;
        if (!FilterExpression.TryParse(text, out FilterExpression? expression, out string error))
        {
            exchange.Error(error);
            return null;
        }

        if (records.Count == 0) return records;
        if (!expression!.TryBind(selectors, out Predicate<T>? test, out error))
        {
            exchange.Error(error);
            return null;
        }

        return [.. records.Where(record => test!(record))];
    }

    /// <summary>The fault of a check's definition in a registration, or null.</summary>
    public static string? CheckFault(CheckDefinition check) =>
        Checks.CheckKinds.Validate(check) is { } fault ? $"Invalid check: {fault}" : null;

    public static bool IsStatus(string status) => status is "passing" or "warning" or "critical";
}
