using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Agent.Local;

/// <summary>
/// Whether two records say the same, their indexes aside. Missing and empty lists count as equal: not every way through
/// the catalog keeps the difference, and a difference that cannot be repaired would be repaired for ever.
/// </summary>
internal static class RecordComparison
{
    public static bool Same(NodeService left, NodeService right) =>
        left.Id == right.Id
        && left.Service == right.Service
        && left.Kind == right.Kind
        && left.Address == right.Address
        && left.Port == right.Port
        && left.SocketPath == right.SocketPath
        && left.EnableTagOverride == right.EnableTagOverride
        && left.Connect.Native == right.Connect.Native
        && (left.Weights ?? ServiceWeights.Default) == (right.Weights ?? ServiceWeights.Default)
        && Same(left.Tags, right.Tags)
        && Same(left.Meta, right.Meta)
        && Same(left.TaggedAddresses, right.TaggedAddresses)
        && Same(left.Proxy, right.Proxy);

    public static bool Same(HealthCheck left, HealthCheck right) =>
        left.Node.Equals(right.Node, StringComparison.OrdinalIgnoreCase)
        && left.CheckId == right.CheckId
        && left.Name == right.Name
        && left.Status == right.Status
        && left.Notes == right.Notes
        && left.Output == right.Output
        && left.ServiceId == right.ServiceId
        && left.ServiceName == right.ServiceName
        && Same(left.ServiceTags, right.ServiceTags)
        && Same(left.Definition, right.Definition);

    public static bool Same(SortedMap<string>? left, SortedMap<string>? right) =>
        SortedMap<string>.Same(left ?? SortedMap<string>.Empty, right ?? SortedMap<string>.Empty);

    private static bool Same(SortedMap<ServiceAddress>? left, SortedMap<ServiceAddress>? right) =>
        SortedMap<ServiceAddress>.Same(left ?? SortedMap<ServiceAddress>.Empty, right ?? SortedMap<ServiceAddress>.Empty);

    private static bool Same(IReadOnlyList<string>? left, IReadOnlyList<string>? right) => (left ?? []).SequenceEqual(right ?? []);

    private static bool Same<T>(IReadOnlyList<T>? left, IReadOnlyList<T>? right, Func<T, T, bool> same) =>
        (left?.Count ?? 0) == (right?.Count ?? 0)
        && (left is null || right is null || left.Zip(right).All(pair => same(pair.First, pair.Second)));

    private static bool Same(CheckDefinition left, CheckDefinition right) =>
        ReferenceEquals(left, right)
        || (left with { Header = null, ScriptArgs = null } == right with { Header = null, ScriptArgs = null }
            && Same(left.ScriptArgs, right.ScriptArgs)
            && Same(left.Header, right.Header, static (a, b) => a.Key == b.Key && Same(a.Value, b.Value)));

    private static bool Same(ServiceProxy left, ServiceProxy right) =>
        ReferenceEquals(left, right)
        || (WithoutLists(left) == WithoutLists(right)
            && FreeMap.Same(left.Config, right.Config)
            && Same(left.Upstreams, right.Upstreams, Same)
            && Same(left.ExposePaths, right.ExposePaths, static (a, b) => a == b));

    private static ServiceProxy WithoutLists(ServiceProxy proxy) => proxy with { Config = null, Upstreams = null, ExposePaths = null };

    private static bool Same(ProxyUpstream left, ProxyUpstream right) =>
        left with { Config = null, IngressHosts = null } == right with { Config = null, IngressHosts = null }
        && FreeMap.Same(left.Config, right.Config)
        && Same(left.IngressHosts, right.IngressHosts);
}
