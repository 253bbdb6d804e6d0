using Consul.Fast.Gossip.Node;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>Why a pool could not be entered, in the words operators search for.</summary>
internal static class PoolFaults
{
    /// <summary>A forced departure was not passed on in time.</summary>
    public const string RemovalTimeout = "timed out broadcasting node removal";

    /// <summary>The own departure was not passed on in time.</summary>
    public const string LeaveTimeout = "timeout while waiting for graceful leave";

    /// <summary>What the log says when the node of a pool does not start.</summary>
    public static string OfStart(GossipNodeOptions options, Exception fault)
    {
        string reason = fault.Message;
        if (fault is IOException && ListenerOf(reason) is { } listener)
        {
            string start = $"Failed to start {listener} listener on \"{options.Bind.Address}\" port {options.Bind.Port}: {reason}";
            // Consul opens the listeners of its WAN pool itself.
            return options.Admission is WanAdmission
                ? start
                : "Failed to create memberlist: Could not set up network transport: failed to obtain an address: " + start;
        }

        return fault is ArgumentException ? $"Failed to create memberlist: {reason}" : $"Failed to setup snapshot: {reason}";
    }

    private static string? ListenerOf(string reason)
    {
        if (reason.StartsWith("listen tcp ", StringComparison.Ordinal)) return "TCP";
        return reason.StartsWith("listen udp ", StringComparison.Ordinal) ? "UDP" : null;
    }
}
