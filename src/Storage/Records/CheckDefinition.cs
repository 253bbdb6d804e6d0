namespace Consul.Fast.Storage.Records;

/// <summary>How a check registered in the catalog is to be run by external monitors. Durations in nanoseconds.</summary>
public sealed record CheckDefinition
{
    public static readonly CheckDefinition None = new();

    public string Http { get; init; } = "";

    public string TlsServerName { get; init; } = "";

    public bool TlsSkipVerify { get; init; }

    public SortedMap<IReadOnlyList<string>?>? Header { get; init; }

    public string Method { get; init; } = "";

    public string Body { get; init; } = "";

    public bool DisableRedirects { get; init; }

    public string Tcp { get; init; } = "";

    public string H2Ping { get; init; } = "";

    public long IntervalNs { get; init; }

    public ulong OutputMaxSize { get; init; }

    public long TimeoutNs { get; init; }

    public long DeregisterCriticalServiceAfterNs { get; init; }

    public IReadOnlyList<string>? ScriptArgs { get; init; }

    public string DockerContainerId { get; init; } = "";

    public string Shell { get; init; } = "";

    public string Grpc { get; init; } = "";

    public bool GrpcUseTls { get; init; }

    public string AliasNode { get; init; } = "";

    public string AliasService { get; init; } = "";

    public long TtlNs { get; init; }
}
