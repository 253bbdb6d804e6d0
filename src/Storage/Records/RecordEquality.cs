namespace Consul.Fast.Storage.Records;

/// <summary>
/// Deep equality of records as the no-change rules need it: the order of lists counts and null differs from empty. All
/// replicas must agree on it, because it decides which writes move an index.
/// </summary>
internal static class RecordEquality
{
    public static bool Same(IReadOnlyList<string>? left, IReadOnlyList<string>? right) => Same(left, right, static (a, b) => a == b);

    public static bool Same<T>(IReadOnlyList<T>? left, IReadOnlyList<T>? right, Func<T, T, bool> same)
    {
        if (ReferenceEquals(left, right)) return true;
        if (left is null || right is null || left.Count != right.Count) return false;
        for (int i = 0; i < left.Count; i++)
        {
            if (!same(left[i], right[i])) return false;
        }

        return true;
    }

    /// <summary>Everything but the indexes.</summary>
    public static bool Same(Node left, Node right) =>
        left.Id == right.Id && left.Name == right.Name && left.Address == right.Address && left.Datacenter == right.Datacenter
        && SortedMap<string>.Same(left.TaggedAddresses, right.TaggedAddresses)
        && SortedMap<string>.Same(left.Meta, right.Meta);

    /// <summary>
    /// Everything but the indexes, the sidecar mark and, as in the reference, the socket path when a stored form is
    /// compared with the one about to be stored.
    /// </summary>
    public static bool SameStored(NodeService left, NodeService right) =>
        left.Id == right.Id && left.Service == right.Service && left.Kind == right.Kind && left.Address == right.Address
        && left.Port == right.Port && left.EnableTagOverride == right.EnableTagOverride && left.Weights == right.Weights
        && Same(left.Tags, right.Tags)
        && SortedMap<ServiceAddress>.Same(left.TaggedAddresses, right.TaggedAddresses)
        && SortedMap<string>.Same(left.Meta, right.Meta)
        && Same(left.Proxy, right.Proxy)
        && Same(left.Connect, right.Connect);

    /// <summary>The first comparison of a registration, which includes the socket path.</summary>
    public static bool Same(NodeService left, NodeService right) => left.SocketPath == right.SocketPath && SameStored(left, right);

    /// <summary>Type, interval, time-out and exposed port do not count.</summary>
    public static bool Same(HealthCheck left, HealthCheck right) =>
        left.CheckId == right.CheckId && left.Name == right.Name && left.Node == right.Node && left.Notes == right.Notes
        && left.Output == right.Output && left.ServiceId == right.ServiceId && left.ServiceName == right.ServiceName
        && left.Status == right.Status && Same(left.ServiceTags, right.ServiceTags) && Same(left.Definition, right.Definition);

    public static bool Same(CheckDefinition left, CheckDefinition right) =>
        ReferenceEquals(left, right)
        || (SameHeader(left.Header, right.Header) && Same(left.ScriptArgs, right.ScriptArgs)
            && left with { Header = null, ScriptArgs = null } == right with { Header = null, ScriptArgs = null });

    public static bool Same(ServiceProxy left, ServiceProxy right) =>
        ReferenceEquals(left, right)
        || (FreeMap.Same(left.Config, right.Config) && Same(left.Upstreams, right.Upstreams, Same)
            && Same(left.ExposePaths, right.ExposePaths, static (a, b) => a == b)
            && WithoutParts(left) == WithoutParts(right));

    /// <summary>What is left compares by value.</summary>
    private static ServiceProxy WithoutParts(ServiceProxy proxy) => proxy with { Config = null, Upstreams = null, ExposePaths = null };

    private static bool Same(ProxyUpstream left, ProxyUpstream right) =>
        FreeMap.Same(left.Config, right.Config) && Same(left.IngressHosts, right.IngressHosts)
        && left with { Config = null, IngressHosts = null } == right with { Config = null, IngressHosts = null };

    private static bool Same(ServiceConnect? left, ServiceConnect? right) =>
        ReferenceEquals(left, right)
        || (left is not null && right is not null && left.Native == right.Native && Same(left.SidecarService, right.SidecarService));

    private static bool Same(SidecarService? left, SidecarService? right) =>
        ReferenceEquals(left, right)
        || (left is not null && right is not null
            && Same(left.Tags, right.Tags)
            && SortedMap<ServiceAddress>.Same(left.TaggedAddresses, right.TaggedAddresses)
            && SortedMap<string>.Same(left.Meta, right.Meta)
            && Same(left.Check, right.Check) && Same(left.Checks, right.Checks, Same)
            && (ReferenceEquals(left.Proxy, right.Proxy)
                || (left.Proxy is not null && right.Proxy is not null && Same(left.Proxy, right.Proxy)))
            && Same(left.Connect, right.Connect)
            && WithoutParts(left) == WithoutParts(right));

    private static SidecarService WithoutParts(SidecarService sidecar) => sidecar with
    {
        Tags = null,
        TaggedAddresses = null,
        Meta = null,
        Check = SidecarCheck.None,
        Checks = null,
        Proxy = null,
        Connect = null,
    };

    private static bool Same(SidecarCheck? left, SidecarCheck? right) =>
        ReferenceEquals(left, right)
        || (left is not null && right is not null && SameHeader(left.Header, right.Header) && Same(left.ScriptArgs, right.ScriptArgs)
            && left with { Header = null, ScriptArgs = null } == right with { Header = null, ScriptArgs = null });

    private static bool SameHeader(SortedMap<IReadOnlyList<string>?>? left, SortedMap<IReadOnlyList<string>?>? right) =>
        Same<KeyValuePair<string, IReadOnlyList<string>?>>(left, right, static (a, b) => a.Key == b.Key && Same(a.Value, b.Value));
}
