using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Config.Definitions;

/// <summary>
/// A check as users define it, in a configuration file or by the HTTP API; the same fields serve both. Which kind of check
/// it is follows from the fields that are set. Durations are nanoseconds; 0 means not given.
/// </summary>
internal sealed record CheckDefinition
{
    /// <summary>Unique on the agent; empty takes the name (node checks) or <c>service:&lt;id&gt;</c> (checks of a service).</summary>
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string Notes { get; init; } = "";

    /// <summary>The local service it belongs to; empty for a check of the node.</summary>
    public string ServiceId { get; init; } = "";

    /// <summary>The ACL token its registration is synced with.</summary>
    public string Token { get; init; } = "";

    /// <summary>The initial status; empty means critical.</summary>
    public string Status { get; init; } = "";

    /// <summary>Program and arguments of a script check, or of the command in a container.</summary>
    public IReadOnlyList<string>? ScriptArgs { get; init; }

    public string Http { get; init; } = "";

    public string Method { get; init; } = "";

    public SortedMap<IReadOnlyList<string>?>? Header { get; init; }

    public string Body { get; init; } = "";

    public bool DisableRedirects { get; init; }

    public string Tcp { get; init; } = "";

    public string H2Ping { get; init; } = "";

    public string Grpc { get; init; } = "";

    public bool GrpcUseTls { get; init; }

    public string TlsServerName { get; init; } = "";

    public bool TlsSkipVerify { get; init; }

    public string DockerContainerId { get; init; } = "";

    public string Shell { get; init; } = "";

    public string AliasNode { get; init; } = "";

    public string AliasService { get; init; } = "";

    public long IntervalNs { get; init; }

    public long TimeoutNs { get; init; }

    public long TtlNs { get; init; }

    /// <summary>How long the check may be critical before its service is deregistered; 0 never.</summary>
    public long DeregisterCriticalServiceAfterNs { get; init; }

    /// <summary>Consecutive successes needed before the check turns passing or warning.</summary>
    public int SuccessBeforePassing { get; init; }

    /// <summary>Consecutive failures needed before the check turns critical.</summary>
    public int FailuresBeforeCritical { get; init; }

    /// <summary>Bytes of output kept, below the agent's own limit; 0 takes that limit.</summary>
    public int OutputMaxSize { get; init; }

    /// <summary>The URL a proxy exposes for an HTTP check; set by the agent only.</summary>
    public string ProxyHttp { get; init; } = "";

    /// <summary>The target a proxy exposes for a gRPC check; set by the agent only.</summary>
    public string ProxyGrpc { get; init; } = "";
}
