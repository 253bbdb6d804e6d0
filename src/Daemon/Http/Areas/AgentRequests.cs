using System.Runtime.CompilerServices;
using Consul.Fast.Daemon.Config.Definitions;
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
        if (exchange.Query.Get("enable") is not { } text)
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

    /// <summary>The fault of a check's definition in a registration, or null.</summary>
    public static string? CheckFault(CheckDefinition check) =>
        Checks.CheckKinds.Validate(check) is { } fault ? $"Invalid check: {fault}" : null;

    public static bool IsStatus(string status) => status is "passing" or "warning" or "critical";
}
