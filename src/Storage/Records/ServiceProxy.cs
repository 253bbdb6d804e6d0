namespace Consul.Fast.Storage.Records;

/// <summary>Mesh proxy settings of a service instance. Stored and returned; not interpreted by the state machine.</summary>
public sealed record ServiceProxy
{
    public static readonly ServiceProxy None = new();

    public string DestinationServiceName { get; init; } = "";

    public string DestinationServiceId { get; init; } = "";

    public string LocalServiceAddress { get; init; } = "";

    public long LocalServicePort { get; init; }

    public string LocalServiceSocketPath { get; init; } = "";

    public string Mode { get; init; } = "";

    public FreeMap? Config { get; init; }

    public IReadOnlyList<ProxyUpstream>? Upstreams { get; init; }

    public string MeshGatewayMode { get; init; } = "";

    public bool ExposeChecks { get; init; }

    public IReadOnlyList<ExposePath>? ExposePaths { get; init; }

    public long TransparentOutboundListenerPort { get; init; }

    public bool TransparentDialedDirectly { get; init; }
}

public sealed record ProxyUpstream
{
    public string DestinationType { get; init; } = "";

    public string DestinationNamespace { get; init; } = "";

    public string DestinationName { get; init; } = "";

    public string Datacenter { get; init; } = "";

    public string LocalBindAddress { get; init; } = "";

    public long LocalBindPort { get; init; }

    public string LocalBindSocketPath { get; init; } = "";

    public string LocalBindSocketMode { get; init; } = "";

    public FreeMap? Config { get; init; }

    public string MeshGatewayMode { get; init; } = "";

    public IReadOnlyList<string>? IngressHosts { get; init; }

    public bool CentrallyConfigured { get; init; }
}

public sealed record ExposePath(long ListenerPort, string Path, long LocalPathPort, string Protocol, bool ParsedFromCheck);
