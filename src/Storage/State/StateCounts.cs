namespace Consul.Fast.Storage.State;

/// <summary>How much a state holds.</summary>
/// <param name="Services">Distinct names.</param>
public readonly record struct StateCounts(int Nodes, int Services, int Instances, int KvEntries);
