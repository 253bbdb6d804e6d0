namespace Consul.Fast.Storage.Records;

/// <summary>What the primary datacenter tells all others of one datacenter: through which gateways it is reached. Immutable.</summary>
public sealed record FederationState
{
    /// <summary>Compared without regard to case.</summary>
    public string Datacenter { get; init; } = "";

    /// <summary>Null and empty are told apart.</summary>
    public IReadOnlyList<FederationGateway>? MeshGateways { get; init; }

    /// <summary>When the datacenter wrote it, in the form of the wire, which tells zones apart; null for never.</summary>
    public byte[]? UpdatedAt { get; init; }

    /// <summary>Index of the write in the primary datacenter.</summary>
    public ulong PrimaryModifyIndex { get; init; }

    public ulong CreateIndex { get; init; }

    public ulong ModifyIndex { get; init; }
}

/// <summary>An instance of a mesh gateway.</summary>
public sealed record FederationGateway(Node? Node, NodeService? Service, IReadOnlyList<HealthCheck?>? Checks);
