namespace Consul.Fast.Storage.Records;

/// <summary>
/// A proxy to register beside a service, as it stands inside the registration of that service (Consul's
/// ServiceDefinition). Agents act on it; the catalog only keeps what it is given.
/// </summary>
public sealed record SidecarService
{
    public string Kind { get; init; } = "";

    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public IReadOnlyList<string>? Tags { get; init; }

    public string Address { get; init; } = "";

    public SortedMap<ServiceAddress>? TaggedAddresses { get; init; }

    public SortedMap<string>? Meta { get; init; }

    public long Port { get; init; }

    public string SocketPath { get; init; } = "";

    public SidecarCheck Check { get; init; } = SidecarCheck.None;

    public IReadOnlyList<SidecarCheck?>? Checks { get; init; }

    public ServiceWeights? Weights { get; init; }

    public string Token { get; init; } = "";

    public bool EnableTagOverride { get; init; }

    public ServiceProxy? Proxy { get; init; }

    public ServiceConnect? Connect { get; init; }
}

/// <summary>A check to register with a sidecar (Consul's CheckType). Durations in nanoseconds.</summary>
public sealed record SidecarCheck
{
    public static readonly SidecarCheck None = new();

    public string CheckId { get; init; } = "";

    public string Name { get; init; } = "";

    public string Status { get; init; } = "";

    public string Notes { get; init; } = "";

    public IReadOnlyList<string>? ScriptArgs { get; init; }

    public string Http { get; init; } = "";

    public string H2Ping { get; init; } = "";

    public SortedMap<IReadOnlyList<string>?>? Header { get; init; }

    public string Method { get; init; } = "";

    public string Body { get; init; } = "";

    public bool DisableRedirects { get; init; }

    public string Tcp { get; init; } = "";

    public long IntervalNs { get; init; }

    public string AliasNode { get; init; } = "";

    public string AliasService { get; init; } = "";

    public string DockerContainerId { get; init; } = "";

    public string Shell { get; init; } = "";

    public string Grpc { get; init; } = "";

    public bool GrpcUseTls { get; init; }

    public string TlsServerName { get; init; } = "";

    public bool TlsSkipVerify { get; init; }

    public long TimeoutNs { get; init; }

    public long TtlNs { get; init; }

    public long SuccessBeforePassing { get; init; }

    public long FailuresBeforeCritical { get; init; }

    public string ProxyHttp { get; init; } = "";

    public string ProxyGrpc { get; init; } = "";

    public long DeregisterCriticalServiceAfterNs { get; init; }

    public long OutputMaxSize { get; init; }
}
