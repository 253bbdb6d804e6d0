using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Config.Definitions;

/// <summary>A service as users define it, in a configuration file or by the HTTP API; the same fields serve both.</summary>
internal sealed record ServiceDefinition
{
    /// <summary>Empty for an ordinary service, otherwise a mesh kind such as <c>connect-proxy</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Unique on the agent; empty takes the name.</summary>
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Empty means the node's address.</summary>
    public string Address { get; init; } = "";

    public SortedMap<ServiceAddress>? TaggedAddresses { get; init; }

    public SortedMap<string>? Meta { get; init; }

    public long Port { get; init; }

    public string SocketPath { get; init; } = "";

    /// <summary>Null when none were given, which means 1 and 1.</summary>
    public ServiceWeights? Weights { get; init; }

    /// <summary>The single check of a registration by the HTTP API; always null from files, where it joins <see cref="Checks"/>.</summary>
    public CheckDefinition? Check { get; init; }

    public IReadOnlyList<CheckDefinition> Checks { get; init; } = [];

    /// <summary>The ACL token its registration is synced with.</summary>
    public string Token { get; init; } = "";

    /// <summary>True lets other writers of the catalog change the tags.</summary>
    public bool EnableTagOverride { get; init; }

    /// <summary>Null when the registration has no proxy settings.</summary>
    public ServiceProxy? Proxy { get; init; }

    /// <summary>Null when the registration has no mesh settings.</summary>
    public ServiceConnectDefinition? Connect { get; init; }

    /// <summary>All checks in the order their ids are numbered: the single one first.</summary>
    public IEnumerable<CheckDefinition> AllChecks => Check is null ? Checks : Checks.Prepend(Check);
}

/// <param name="Native">The service speaks the mesh protocol itself.</param>
/// <param name="SidecarService">A proxy to register beside the service, or null.</param>
internal sealed record ServiceConnectDefinition(bool Native, ServiceDefinition? SidecarService);
