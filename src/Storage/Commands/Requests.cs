using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Commands;

/// <summary>Catalog.Register: a node, and optionally a service and checks on it.</summary>
public sealed record RegisterRequest
{
    public string Datacenter { get; init; } = "";

    public string Id { get; init; } = "";

    public string Node { get; init; } = "";

    public string Address { get; init; } = "";

    public SortedMap<string>? TaggedAddresses { get; init; }

    public SortedMap<string>? NodeMeta { get; init; }

    public NodeService? Service { get; init; }

    public HealthCheck? Check { get; init; }

    public IReadOnlyList<HealthCheck>? Checks { get; init; }

    public bool SkipNodeUpdate { get; init; }

    public string Token { get; init; } = "";

    /// <summary>Zero in the log; the node's indexes in snapshots.</summary>
    public ulong CreateIndex { get; init; }

    public ulong ModifyIndex { get; init; }
}

/// <summary>Catalog.Deregister: a service, a check, or (with neither) the whole node.</summary>
public sealed record DeregisterRequest
{
    public string Datacenter { get; init; } = "";

    public string Node { get; init; } = "";

    public string ServiceId { get; init; } = "";

    public string CheckId { get; init; } = "";

    public string Token { get; init; } = "";
}

/// <summary>KVS.Apply.</summary>
public sealed record KvsRequest
{
    public string Datacenter { get; init; } = "";

    /// <summary>One of <see cref="KvsOp"/>.</summary>
    public string Op { get; init; } = "";

    public required DirEntry DirEnt { get; init; }

    public string Token { get; init; } = "";
}

public static class KvsOp
{
    public const string Set = "set";
    public const string Delete = "delete";
    public const string DeleteCas = "delete-cas";
    public const string DeleteTree = "delete-tree";
    public const string Cas = "cas";
    public const string Lock = "lock";
    public const string Unlock = "unlock";
    public const string Get = "get";
    public const string GetTree = "get-tree";
    public const string CheckSession = "check-session";
    public const string CheckIndex = "check-index";
    public const string CheckNotExists = "check-not-exists";
}

/// <summary>Session.Apply.</summary>
public sealed record SessionRequest
{
    public const string Create = "create";
    public const string Destroy = "destroy";

    public string Datacenter { get; init; } = "";

    public string Op { get; init; } = "";

    public required Session Session { get; init; }

    public string Token { get; init; } = "";
}

/// <summary>Operator.AutopilotSetConfiguration.</summary>
public sealed record AutopilotRequest
{
    public string Datacenter { get; init; } = "";

    public required AutopilotConfiguration Configuration { get; init; }

    /// <summary>Only when what is stored has the modify index of <see cref="Configuration"/>.</summary>
    public bool Cas { get; init; }

    public string Token { get; init; } = "";
}

/// <summary>Removal of tombstones up to an index, proposed by the leader.</summary>
public sealed record TombstoneRequest
{
    public const string Reap = "reap";

    public string Datacenter { get; init; } = "";

    public string Op { get; init; } = Reap;

    public ulong ReapIndex { get; init; }

    public string Token { get; init; } = "";
}
