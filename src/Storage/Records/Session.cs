namespace Consul.Fast.Storage.Records;

/// <summary>A session: the holder of locks, tied to a node and its checks.</summary>
public sealed record Session
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string Node { get; init; } = "";

    public long LockDelayNs { get; init; }

    /// <summary><c>release</c> or <c>delete</c>: what becomes of its locks when it ends.</summary>
    public string Behavior { get; init; } = "";

    /// <summary>Duration text, empty for none.</summary>
    public string Ttl { get; init; } = "";

    public IReadOnlyList<string>? NodeChecks { get; init; }

    public IReadOnlyList<SessionServiceCheck>? ServiceChecks { get; init; }

    /// <summary>The older field for check references.</summary>
    public IReadOnlyList<string>? Checks { get; init; }

    public ulong CreateIndex { get; init; }

    public ulong ModifyIndex { get; init; }
}

public readonly record struct SessionServiceCheck(string Id, string Namespace);
