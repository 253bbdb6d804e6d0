using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;

namespace Consul.Fast.Storage.State;

/// <summary>One version of all tables. Names and ids in keys are lower-cased; parts are separated by a zero byte.</summary>
/// <param name="Kv">By key.</param>
/// <param name="KvBySession">Keys that are locked: session id, key.</param>
/// <param name="Tombstones">Raft index of the deletion, by key or by deleted prefix.</param>
/// <param name="Nodes">By name.</param>
/// <param name="NodesById">Key in <paramref name="Nodes"/>, by the hex digits of the id.</param>
/// <param name="Services">By node, service id.</param>
/// <param name="ServicesByName">By service name, node, service id.</param>
/// <param name="ServicesByConnect">Instances that speak for a service over the mesh: by that service's name, node, service id.</param>
/// <param name="Checks">By node, check id.</param>
/// <param name="ChecksByInstance">By node, service id (empty for node checks), check id.</param>
/// <param name="ChecksByService">Service checks by service name, node, check id.</param>
/// <param name="Sessions">By the hex digits of the id.</param>
/// <param name="SessionsByNode">By node, id.</param>
/// <param name="SessionsByCheck">Sessions that depend on a check, by node, check id, session id.</param>
/// <param name="Coordinates">By node, segment.</param>
/// <param name="FederationStates">By datacenter.</param>
/// <param name="SystemMetadata">By key.</param>
/// <param name="LegacyIntentions">Intentions from before they became configuration entries, encoded, by id.</param>
/// <param name="Index">By row name.</param>
/// <param name="Autopilot">The one record of its table, null for none.</param>
internal sealed record StateTables(
    ByteMap<DirEntry> Kv,
    ByteMap<byte[]> KvBySession,
    ByteMap<ulong> Tombstones,
    ByteMap<Node> Nodes,
    ByteMap<byte[]> NodesById,
    ByteMap<NodeService> Services,
    ByteMap<NodeService> ServicesByName,
    ByteMap<NodeService> ServicesByConnect,
    ByteMap<HealthCheck> Checks,
    ByteMap<HealthCheck> ChecksByInstance,
    ByteMap<HealthCheck> ChecksByService,
    ByteMap<Session> Sessions,
    ByteMap<Session> SessionsByNode,
    ByteMap<Session> SessionsByCheck,
    ByteMap<Coordinate> Coordinates,
    ByteMap<FederationState> FederationStates,
    ByteMap<SystemMetadataEntry> SystemMetadata,
    ByteMap<byte[]> LegacyIntentions,
    ByteMap<IndexRow> Index,
    AutopilotConfiguration? Autopilot)
{
    public static readonly StateTables Empty = new(
        ByteMap<DirEntry>.Empty,
        ByteMap<byte[]>.Empty,
        ByteMap<ulong>.Empty,
        ByteMap<Node>.Empty,
        ByteMap<byte[]>.Empty,
        ByteMap<NodeService>.Empty,
        ByteMap<NodeService>.Empty,
        ByteMap<NodeService>.Empty,
        ByteMap<HealthCheck>.Empty,
        ByteMap<HealthCheck>.Empty,
        ByteMap<HealthCheck>.Empty,
        ByteMap<Session>.Empty,
        ByteMap<Session>.Empty,
        ByteMap<Session>.Empty,
        ByteMap<Coordinate>.Empty,
        ByteMap<FederationState>.Empty,
        ByteMap<SystemMetadataEntry>.Empty,
        ByteMap<byte[]>.Empty,
        ByteMap<IndexRow>.Empty,
        Autopilot: null);
}
