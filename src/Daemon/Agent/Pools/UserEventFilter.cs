using Consul.Fast.Daemon.Filter.Patterns;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>Whom an event is for: expressions on the node's name, on the ids of its services and on the tags of those. Pure.</summary>
internal static class UserEventFilter
{
    /// <summary>What keeps an event from being fired, or null.</summary>
    public static string? Check(ConsulEventPayload fired)
    {
        if (fired.TagFilter.Length > 0 && fired.ServiceFilter.Length == 0) return "Cannot provide tag filter without service filter";
        string error = "";
        if (!IsValid(fired.NodeFilter, ref error)) return $"Invalid node filter: {error}";
        if (!IsValid(fired.ServiceFilter, ref error)) return $"Invalid service filter: {error}";
        return IsValid(fired.TagFilter, ref error) ? null : $"Invalid tag filter: {error}";
    }

    /// <summary>Whether an event is for a node. One with a broken expression is for nobody.</summary>
    public static bool Matches(ConsulEventPayload received, string node, Func<IReadOnlyList<NodeService>> services, ILogger logger)
    {
        if (!TryParse(received, "node", received.NodeFilter, logger, out GoRegex? ofNode)) return false;
        if (ofNode is not null && !ofNode.IsMatch(node)) return false;
        if (!TryParse(received, "service", received.ServiceFilter, logger, out GoRegex? ofService)) return false;
        if (ofService is null) return true;
        if (!TryParse(received, "tag", received.TagFilter, logger, out GoRegex? ofTag)) return false;
        foreach (NodeService service in services())
        {
            if (!ofService.IsMatch(service.Id)) continue;
            if (ofTag is null || (service.Tags ?? []).Any(ofTag.IsMatch)) return true;
        }

        return false;
    }

    private static bool IsValid(string filter, ref string error) => filter.Length == 0 || GoRegex.TryParse(filter, out _, out error);

    /// <param name="regex">Null for an empty filter.</param>
    private static bool TryParse(ConsulEventPayload received, string what, string filter, ILogger logger, out GoRegex? regex)
    {
        regex = null;
        if (filter.Length == 0 || GoRegex.TryParse(filter, out regex, out string error)) return true;
        UserEventLog.BrokenFilter(logger, what, filter, received.Name, error);
        return false;
    }
}
