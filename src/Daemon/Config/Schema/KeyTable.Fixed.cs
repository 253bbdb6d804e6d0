namespace Consul.Fast.Daemon.Config.Schema;

/// <summary>Keys the parser accepts and a built-in value overrides.</summary>
internal static partial class KeyTable
{
    private static readonly ConfigKey[] FixedKeys =
    [
        new("ae_interval", KeyType.Duration, KeyTier.A, KeyEffect.Fixed),
        new("check_deregister_interval_min", KeyType.Duration, KeyTier.A, KeyEffect.Fixed),
        new("check_reap_interval", KeyType.Duration, KeyTier.A, KeyEffect.Fixed),
        new("consul", KeyType.Block, KeyTier.A, KeyEffect.Fixed),
        new("consul.coordinate", KeyType.Block, KeyTier.A, KeyEffect.Fixed),
        new("consul.coordinate.update_batch_size", KeyType.Int, KeyTier.A, KeyEffect.Fixed),
        new("consul.coordinate.update_max_batches", KeyType.Int, KeyTier.A, KeyEffect.Fixed),
        new("consul.coordinate.update_period", KeyType.Duration, KeyTier.A, KeyEffect.Fixed),
        new("consul.raft", KeyType.Block, KeyTier.A, KeyEffect.Fixed),
        new("consul.raft.election_timeout", KeyType.Duration, KeyTier.A, KeyEffect.Fixed),
        new("consul.raft.heartbeat_timeout", KeyType.Duration, KeyTier.A, KeyEffect.Fixed),
        new("consul.raft.leader_lease_timeout", KeyType.Duration, KeyTier.A, KeyEffect.Fixed),
        new("consul.server", KeyType.Block, KeyTier.A, KeyEffect.Fixed),
        new("consul.server.health_interval", KeyType.Duration, KeyTier.A, KeyEffect.Fixed),
        new("revision", KeyType.String, KeyTier.A, KeyEffect.Fixed),
        new("sync_coordinate_interval_min", KeyType.Duration, KeyTier.A, KeyEffect.Fixed),
        new("sync_coordinate_rate_target", KeyType.Float, KeyTier.A, KeyEffect.Fixed),
        new("version", KeyType.String, KeyTier.A, KeyEffect.Fixed),
        new("version_prerelease", KeyType.String, KeyTier.A, KeyEffect.Fixed),
    ];
}
