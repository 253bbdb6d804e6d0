using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Agent.Sync;

/// <summary>The fixed part of what this agent registers about its node; the metadata is in the local state.</summary>
/// <param name="Id">UUID text.</param>
/// <param name="Address">The advertised LAN address.</param>
internal sealed record NodeIdentity(string Id, string Name, string Address, string Datacenter, SortedMap<string>? TaggedAddresses);
