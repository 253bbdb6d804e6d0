namespace Consul.Fast.Storage.Records;

/// <summary>A health check in the catalog, on a node or on one of its services.</summary>
public sealed record HealthCheck
{
    public string Node { get; init; } = "";

    public string CheckId { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>One of <see cref="CheckStatus"/>.</summary>
    public string Status { get; init; } = "";

    public string Notes { get; init; } = "";

    public string Output { get; init; } = "";

    /// <summary>Empty for a node check.</summary>
    public string ServiceId { get; init; } = "";

    public string ServiceName { get; init; } = "";

    public IReadOnlyList<string>? ServiceTags { get; init; }

    /// <summary><c>ttl</c>, <c>http</c>, <c>tcp</c>, <c>script</c>, <c>alias</c>, ... or empty.</summary>
    public string Type { get; init; } = "";

    public string Interval { get; init; } = "";

    public string Timeout { get; init; } = "";

    public long ExposedPort { get; init; }

    public CheckDefinition Definition { get; init; } = CheckDefinition.None;

    public ulong CreateIndex { get; init; }

    public ulong ModifyIndex { get; init; }
}

public static class CheckStatus
{
    public const string Passing = "passing";
    public const string Warning = "warning";
    public const string Critical = "critical";

    /// <summary>Only as an aggregate of several checks; never stored.</summary>
    public const string Maintenance = "maintenance";

    /// <summary>In queries: all states.</summary>
    public const string Any = "any";
}
