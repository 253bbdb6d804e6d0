using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Checks;

/// <summary>The verdict of an alias check: the worst of the node's own checks and those of the aliased service.</summary>
internal static class AliasHealth
{
    /// <param name="node">Only checks of this node count; empty for all, which are those of this node.</param>
    /// <param name="serviceExists">Tells whether a service without checks is there.</param>
    public static (string Status, string Output) Evaluate(
        string aliasId, string node, string serviceId, IEnumerable<HealthCheck> checks, Func<bool> serviceExists)
    {
        string status = CheckStatus.Passing;
        string output = "No checks found.";
        bool found = false;
        foreach (HealthCheck check in checks)
        {
            if (node.Length > 0 && !node.Equals(check.Node, StringComparison.OrdinalIgnoreCase)) continue;
            // An alias that followed itself could never leave its first state.
            if (node.Length == 0 && check.CheckId == aliasId) continue;
            bool ofService = check.ServiceId == serviceId;
            if (check.ServiceId.Length > 0 && !ofService) continue;
            found |= ofService;
            if (check.Status is CheckStatus.Critical or CheckStatus.Warning)
            {
                if (status == check.Status) continue;
                status = check.Status;
                output = $"Aliased check {GoDuration.Quote(check.Name)} failing: {check.Output}";
                if (status == CheckStatus.Critical) break;
            }
            else if (status == CheckStatus.Passing)
            {
                output = "All checks passing.";
            }
        }

        if (found || serviceId.Length == 0 || serviceExists()) return (status, output);
        // This node goes without a name, as it does in the definition.
        return (CheckStatus.Critical, $"Service {serviceId} could not be found on node {node}");
    }
}
