using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Config.Runtime;

/// <summary>The DNS interface.</summary>
internal sealed record DnsConfig
{
    /// <summary>With a dot at the end.</summary>
    public string Domain { get; init; } = "consul.";

    /// <summary>With a dot at the end; empty for none.</summary>
    public string AltDomain { get; init; } = "";

    /// <summary><c>host:port</c> of the upstream servers, in order.</summary>
    public IReadOnlyList<string> Recursors { get; init; } = [];

    public TimeSpan RecursorTimeout { get; init; } = TimeSpan.FromSeconds(2);

    public bool AllowStale { get; init; } = true;

    public TimeSpan MaxStale { get; init; } = TimeSpan.FromHours(87600);

    public TimeSpan NodeTtl { get; init; }

    /// <summary>TTL by service name; a <c>*</c> at the end matches a prefix.</summary>
    public SortedMap<TimeSpan> ServiceTtl { get; init; } = SortedMap<TimeSpan>.Empty;

    public bool OnlyPassing { get; init; }

    public bool EnableTruncate { get; init; }

    public bool DisableCompression { get; init; }

    public bool EnableAdditionalNodeMetaTxt { get; init; } = true;

    public int UdpAnswerLimit { get; init; } = 3;

    /// <summary>Cap on address answers; 0 for none.</summary>
    public int ARecordLimit { get; init; }

    public bool UseCache { get; init; }

    public TimeSpan CacheMaxAge { get; init; }

    public SoaConfig Soa { get; init; } = new();
}

/// <summary>Fields of the SOA record, in seconds.</summary>
internal sealed record SoaConfig
{
    public uint Refresh { get; init; } = 3600;

    public uint Retry { get; init; } = 600;

    public uint Expire { get; init; } = 86400;

    public uint MinTtl { get; init; }
}
