using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>
/// The tables while a batch of commands changes them, with what watchers must be told. A command that can fail after its
/// first change takes a <see cref="Savepoint"/> and goes back to it. Used by one loop.
/// </summary>
internal sealed partial class StateEdit(StateTables tables)
{
    public ByteMapEdit<DirEntry> Kv { get; } = new(tables.Kv);

    public ByteMapEdit<byte[]> KvBySession { get; } = new(tables.KvBySession);

    public ByteMapEdit<ulong> Tombstones { get; } = new(tables.Tombstones);

    public ByteMapEdit<Node> Nodes { get; } = new(tables.Nodes);

    public ByteMapEdit<byte[]> NodesById { get; } = new(tables.NodesById);

    public ByteMapEdit<NodeService> Services { get; } = new(tables.Services);

    public ByteMapEdit<NodeService> ServicesByName { get; } = new(tables.ServicesByName);

    public ByteMapEdit<NodeService> ServicesByConnect { get; } = new(tables.ServicesByConnect);

    public ByteMapEdit<HealthCheck> Checks { get; } = new(tables.Checks);

    public ByteMapEdit<HealthCheck> ChecksByInstance { get; } = new(tables.ChecksByInstance);

    public ByteMapEdit<HealthCheck> ChecksByService { get; } = new(tables.ChecksByService);

    public ByteMapEdit<Session> Sessions { get; } = new(tables.Sessions);

    public ByteMapEdit<Session> SessionsByNode { get; } = new(tables.SessionsByNode);

    public ByteMapEdit<Session> SessionsByCheck { get; } = new(tables.SessionsByCheck);

    public ByteMapEdit<Coordinate> Coordinates { get; } = new(tables.Coordinates);

    public ByteMapEdit<FederationState> FederationStates { get; } = new(tables.FederationStates);

    public ByteMapEdit<SystemMetadataEntry> SystemMetadata { get; } = new(tables.SystemMetadata);

    public ByteMapEdit<byte[]> LegacyIntentions { get; } = new(tables.LegacyIntentions);

    public ByteMapEdit<IndexRow> Index { get; } = new(tables.Index);

    public AutopilotConfiguration? Autopilot { get; set; } = tables.Autopilot;

    /// <summary>What the command at hand does, where its type has several operations; for its timing alone.</summary>
    public string Operation { get; set; } = "";

    /// <summary>What changed since the last <see cref="NextBatch"/>.</summary>
    public ChangeSet Changes { get; } = new();

    /// <summary>Keys that lost their lock to the end of a session, with the session's lock-delay.</summary>
    public List<(byte[] Key, TimeSpan Delay)> LockDelays { get; } = [];

    /// <summary>The present content; edits after this leave it alone.</summary>
    public StateTables Freeze() => new(
        Kv.Freeze(),
        KvBySession.Freeze(),
        Tombstones.Freeze(),
        Nodes.Freeze(),
        NodesById.Freeze(),
        Services.Freeze(),
        ServicesByName.Freeze(),
        ServicesByConnect.Freeze(),
        Checks.Freeze(),
        ChecksByInstance.Freeze(),
        ChecksByService.Freeze(),
        Sessions.Freeze(),
        SessionsByNode.Freeze(),
        SessionsByCheck.Freeze(),
        Coordinates.Freeze(),
        FederationStates.Freeze(),
        SystemMetadata.Freeze(),
        LegacyIntentions.Freeze(),
        Index.Freeze(),
        Autopilot);

    /// <summary>Makes <paramref name="version"/> the present content.</summary>
    public void Reset(StateTables version)
    {
        Kv.Reset(version.Kv);
        KvBySession.Reset(version.KvBySession);
        Tombstones.Reset(version.Tombstones);
        Nodes.Reset(version.Nodes);
        NodesById.Reset(version.NodesById);
        Services.Reset(version.Services);
        ServicesByName.Reset(version.ServicesByName);
        ServicesByConnect.Reset(version.ServicesByConnect);
        Checks.Reset(version.Checks);
        ChecksByInstance.Reset(version.ChecksByInstance);
        ChecksByService.Reset(version.ChecksByService);
        Sessions.Reset(version.Sessions);
        SessionsByNode.Reset(version.SessionsByNode);
        SessionsByCheck.Reset(version.SessionsByCheck);
        Coordinates.Reset(version.Coordinates);
        FederationStates.Reset(version.FederationStates);
        SystemMetadata.Reset(version.SystemMetadata);
        LegacyIntentions.Reset(version.LegacyIntentions);
        Index.Reset(version.Index);
        Autopilot = version.Autopilot;
    }

    public Savepoint Save() => new(Freeze(), Changes.Count, LockDelays.Count);

    public void Rollback(Savepoint savepoint)
    {
        Reset(savepoint.Tables);
        Changes.Truncate(savepoint.ChangeCount);
        LockDelays.RemoveRange(savepoint.LockDelayCount, LockDelays.Count - savepoint.LockDelayCount);
    }

    /// <summary>Starts a new batch: what was reported as changed is forgotten.</summary>
    public void NextBatch()
    {
        Changes.Clear();
        LockDelays.Clear();
        _batch++;
    }

    /// <summary>Where a failed command goes back to.</summary>
    public readonly record struct Savepoint(StateTables Tables, int ChangeCount, int LockDelayCount);
}
