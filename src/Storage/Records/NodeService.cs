namespace Consul.Fast.Storage.Records;

/// <summary>One instance of a service on a node (Consul's NodeService).</summary>
public sealed record NodeService
{
    /// <summary>Empty for an ordinary service, otherwise a mesh kind such as <c>connect-proxy</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Unique on its node, without regard to case.</summary>
    public string Id { get; init; } = "";

    /// <summary>The service name.</summary>
    public string Service { get; init; } = "";

    public IReadOnlyList<string>? Tags { get; init; }

    public string Address { get; init; } = "";

    public SortedMap<ServiceAddress>? TaggedAddresses { get; init; }

    public SortedMap<string>? Meta { get; init; }

    public long Port { get; init; }

    public string SocketPath { get; init; } = "";

    public ServiceWeights? Weights { get; init; }

    public bool EnableTagOverride { get; init; }

    public ServiceProxy Proxy { get; init; } = ServiceProxy.None;

    public ServiceConnect Connect { get; init; } = ServiceConnect.None;

    public bool LocallyRegisteredAsSidecar { get; init; }

    public ulong CreateIndex { get; init; }

    public ulong ModifyIndex { get; init; }
}

public readonly record struct ServiceAddress(string Address, long Port);

public sealed record ServiceWeights(long Passing, long Warning)
{
    /// <summary>What is stored when a registration gives none.</summary>
    public static readonly ServiceWeights Default = new(1, 1);
}

/// <param name="Native">The service speaks the mesh protocol itself.</param>
/// <param name="SidecarService">A proxy to register beside the service, or null; agents leave it out of the catalog.</param>
public sealed record ServiceConnect(bool Native, SidecarService? SidecarService)
{
    public static readonly ServiceConnect None = new(false, null);
}
