using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Checks;

/// <summary>
/// How this agent runs one check, in Consul's own words and with all its fields; what a check's file keeps beside the
/// check itself. Durations are nanoseconds. Immutable.
/// </summary>
internal sealed record CheckType
{
    public string CheckId { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Status before the first result; empty means critical.</summary>
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

    /// <summary>Consecutive good results before the check turns passing; 0 and 1 mean at once.</summary>
    public int SuccessBeforePassing { get; init; }

    /// <summary>Consecutive bad results before the check turns critical; 0 and 1 mean at once.</summary>
    public int FailuresBeforeCritical { get; init; }

    public string ProxyHttp { get; init; } = "";

    public string ProxyGrpc { get; init; } = "";

    /// <summary>The service is removed when its check stays critical for longer than this; 0 means never.</summary>
    public long DeregisterCriticalServiceAfterNs { get; init; }

    /// <summary>Bound on the kept output in bytes, below the agent's own bound; 0 means the agent's.</summary>
    public int OutputMaxSize { get; init; }

    public bool IsScript => ScriptArgs is { Count: > 0 };

    public bool IsAlias => AliasNode.Length > 0 || AliasService.Length > 0;

    private bool HasInterval => IsScript || Http.Length > 0 || Tcp.Length > 0 || Grpc.Length > 0 || H2Ping.Length > 0;

    /// <summary>The word shown as the check's type; empty when nothing says how to check.</summary>
    public string TypeName =>
        Grpc.Length > 0 ? "grpc"
        : Http.Length > 0 ? "http"
        : TtlNs > 0 ? "ttl"
        : Tcp.Length > 0 ? "tcp"
        : IsAlias ? "alias"
        : IsScript && DockerContainerId.Length > 0 ? "docker"
        : IsScript ? "script"
        : H2Ping.Length > 0 ? "h2ping"
        : "";

    /// <summary>What runs it. When several kinds are given the first in this order does, which differs from <see cref="TypeName"/>.</summary>
    public CheckKind Kind =>
        TtlNs > 0 ? CheckKind.Ttl
        : Http.Length > 0 ? CheckKind.Http
        : Tcp.Length > 0 ? CheckKind.Tcp
        : Grpc.Length > 0 ? CheckKind.Grpc
        : IsScript && DockerContainerId.Length > 0 ? CheckKind.Docker
        : IsScript ? CheckKind.Script
        : H2Ping.Length > 0 ? CheckKind.H2Ping
        : IsAlias ? CheckKind.Alias
        : CheckKind.None;

    /// <summary>The fault that forbids running it, or null.</summary>
    public string? Validate()
    {
        if (IntervalNs > 0 && TtlNs > 0) return "Interval and TTL cannot both be specified";
        if (HasInterval && IntervalNs <= 0) return "Interval must be > 0 for Script, HTTP, H2PING, or TCP checks";
        if (HasInterval && IsAlias) return "Interval cannot be set for Alias checks";
        if (IsAlias && TtlNs > 0) return "TTL must be not be set for Alias checks";
        if (!HasInterval && !IsAlias && TtlNs <= 0) return "TTL must be > 0 for TTL checks";
        return OutputMaxSize < 0 ? "MaxOutputMaxSize must be positive" : null;
    }
}

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
