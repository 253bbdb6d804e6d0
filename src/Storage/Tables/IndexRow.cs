using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Tables;

/// <summary>A row of the index table: the Raft index of the last change of what its name stands for.</summary>
/// <param name="tableKey">The name in lower case: rows compare without case.</param>
/// <param name="name">The name as last written.</param>
/// <param name="value">The Raft index.</param>
/// <param name="batch">Which batch wrote it, so that each batch reports a row as changed once.</param>
internal sealed class IndexRow(byte[] tableKey, string name, ulong value, ulong batch)
{
    private IReadOnlyList<CheckServiceNode>? _health;
    private IReadOnlyList<ServiceInstance>? _instances;

    public byte[] TableKey { get; } = tableKey;

    public string Name { get; } = name;

    public ulong Value { get; } = value;

    public ulong Batch { get; } = batch;

    /// <summary>
    /// The answer to a health query for the service this row is of. Each change of the service replaces its row, so what
    /// hangs on the row is right as long as the row is there.
    /// </summary>
    public IReadOnlyList<CheckServiceNode>? Health
    {
        get => Volatile.Read(ref _health);
        set => Volatile.Write(ref _health, value);
    }

    /// <summary>The answer to a catalog query for the service, under the same rule.</summary>
    public IReadOnlyList<ServiceInstance>? Instances
    {
        get => Volatile.Read(ref _instances);
        set => Volatile.Write(ref _instances, value);
    }
}

/// <summary>Names of index rows.</summary>
internal static class IndexNames
{
    public const string Nodes = "nodes";
    public const string Services = "services";
    public const string Checks = "checks";
    public const string Kvs = "kvs";
    public const string Tombstones = "tombstones";
    public const string Sessions = "sessions";
    public const string Coordinates = "coordinates";
    public const string Intentions = "connect-intentions";
    public const string ConfigEntries = "config-entries";
    public const string FederationStates = "federation-states";
    public const string SystemMetadata = "system-metadata";
    public const string LastExtinction = "service_last_extinction";

    /// <summary>Followed by a service name.</summary>
    public const string ServicePrefix = "service.";

    /// <summary>Followed by a service kind, <see cref="TypicalKind"/> for the empty one.</summary>
    public const string KindPrefix = "service_kind.";

    public const string TypicalKind = "typical";
    public const string TokenBootstrap = "acl-token-bootstrap";

    /// <summary>A counter of certificates, not an index.</summary>
    public const string CaSerial = "connect-ca-builtin-serial";
}
