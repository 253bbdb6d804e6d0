namespace Consul.Fast.Storage.Records;

/// <summary>A host in the catalog. Names compare without case; the stored text keeps its case.</summary>
public sealed record Node
{
    /// <summary>UUID text, or empty for a node registered without one.</summary>
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string Address { get; init; } = "";

    public string Datacenter { get; init; } = "";

    public SortedMap<string>? TaggedAddresses { get; init; }

    public SortedMap<string>? Meta { get; init; }

    public ulong CreateIndex { get; init; }

    public ulong ModifyIndex { get; init; }
}
