using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Checks;

internal enum CheckKind
{
    None,
    Ttl,
    Http,
    Tcp,
    Grpc,
    Docker,
    Script,
    H2Ping,
    Alias,
}

/// <summary>What a definition's fields say about the kind of check it is.</summary>
internal static class CheckKinds
{
    extension(CheckDefinition check)
    {
        public bool IsScript => check.ScriptArgs is { Count: > 0 };

        public bool IsAlias => check.AliasNode.Length > 0 || check.AliasService.Length > 0;

        private bool HasInterval =>
            check.IsScript || check.Http.Length > 0 || check.Tcp.Length > 0 || check.Grpc.Length > 0 || check.H2Ping.Length > 0;

        /// <summary>The word shown as the check's type; empty when nothing says how to check.</summary>
        public string TypeName =>
            check.Grpc.Length > 0 ? "grpc"
            : check.Http.Length > 0 ? "http"
            : check.TtlNs > 0 ? "ttl"
            : check.Tcp.Length > 0 ? "tcp"
            : check.IsAlias ? "alias"
            : check.IsScript && check.DockerContainerId.Length > 0 ? "docker"
            : check.IsScript ? "script"
            : check.H2Ping.Length > 0 ? "h2ping"
            : "";

        /// <summary>What runs it: the first of the given kinds in this order, which is not the order of the type's word.</summary>
        public CheckKind Kind =>
            check.TtlNs > 0 ? CheckKind.Ttl
            : check.Http.Length > 0 ? CheckKind.Http
            : check.Tcp.Length > 0 ? CheckKind.Tcp
            : check.Grpc.Length > 0 ? CheckKind.Grpc
            : check.IsScript && check.DockerContainerId.Length > 0 ? CheckKind.Docker
            : check.IsScript ? CheckKind.Script
            : check.H2Ping.Length > 0 ? CheckKind.H2Ping
            : check.IsAlias ? CheckKind.Alias
            : CheckKind.None;

        /// <summary>The fault that forbids running it, or null.</summary>
        public string? Validate()
        {
            if (check.IntervalNs > 0 && check.TtlNs > 0) return "Interval and TTL cannot both be specified";
            if (check.HasInterval && check.IntervalNs <= 0) return "Interval must be > 0 for Script, HTTP, H2PING, or TCP checks";
            if (check.HasInterval && check.IsAlias) return "Interval cannot be set for Alias checks";
            if (check.IsAlias && check.TtlNs > 0) return "TTL must be not be set for Alias checks";
            if (!check.HasInterval && !check.IsAlias && check.TtlNs <= 0) return "TTL must be > 0 for TTL checks";
            return check.OutputMaxSize < 0 ? "MaxOutputMaxSize must be positive" : null;
        }
    }

    /// <summary>Whether two definitions ask for the same, list by list.</summary>
    public static bool SameDefinition(CheckDefinition left, CheckDefinition right) =>
        left with { ScriptArgs = null, Header = null } == right with { ScriptArgs = null, Header = null }
        && (left.ScriptArgs ?? []).SequenceEqual(right.ScriptArgs ?? [])
        && SameHeader(left.Header, right.Header);

    private static bool SameHeader(SortedMap<IReadOnlyList<string>?>? left, SortedMap<IReadOnlyList<string>?>? right) =>
        (left?.Count ?? 0) == (right?.Count ?? 0)
        && (left is null || right is null
            || left.Zip(right).All(static pair =>
                pair.First.Key == pair.Second.Key && (pair.First.Value ?? []).SequenceEqual(pair.Second.Value ?? [])));
}
