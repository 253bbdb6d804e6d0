namespace Consul.Fast.Daemon.Config.Schema;

/// <summary>Keys of access control.</summary>
internal static partial class KeyTable
{
    private static readonly ConfigKey[] AclKeys =
    [
        new("acl", KeyType.Block, KeyTier.B, KeyEffect.NotYet),
        new("acl.default_policy", KeyType.String, KeyTier.B, KeyEffect.NotYet),
        new("acl.disabled_ttl", KeyType.Duration, KeyTier.B, KeyEffect.Ignored),
        new("acl.down_policy", KeyType.String, KeyTier.B, KeyEffect.NotYet),
        new("acl.enable_key_list_policy", KeyType.Bool, KeyTier.B, KeyEffect.NotYet),
        new("acl.enable_token_persistence", KeyType.Bool, KeyTier.B, KeyEffect.NotYet, Reloadable: true),
        new("acl.enable_token_replication", KeyType.Bool, KeyTier.B, KeyEffect.NotYet),
        new("acl.enabled", KeyType.Bool, KeyTier.B, KeyEffect.NotYet),
        new("acl.msp_disable_bootstrap", KeyType.Bool, KeyTier.C, KeyEffect.Enterprise),
        new("acl.policy_ttl", KeyType.Duration, KeyTier.B, KeyEffect.NotYet),
        new("acl.role_ttl", KeyType.Duration, KeyTier.B, KeyEffect.NotYet),
        new("acl.token_ttl", KeyType.Duration, KeyTier.B, KeyEffect.NotYet),
        new("acl.tokens", KeyType.Block, KeyTier.B, KeyEffect.NotYet, Reloadable: true),
        new("acl.tokens.agent", KeyType.String, KeyTier.B, KeyEffect.NotYet, Reloadable: true),
        new("acl.tokens.agent_master", KeyType.String, KeyTier.B, KeyEffect.NotYet, Reloadable: true),
        new("acl.tokens.default", KeyType.String, KeyTier.B, KeyEffect.NotYet, Reloadable: true),
        new("acl.tokens.managed_service_provider", KeyType.BlockList, KeyTier.C, KeyEffect.Enterprise),
        new("acl.tokens.managed_service_provider[].accessor_id", KeyType.String, KeyTier.C, KeyEffect.Enterprise),
        new("acl.tokens.managed_service_provider[].secret_id", KeyType.String, KeyTier.C, KeyEffect.Enterprise),
        new("acl.tokens.master", KeyType.String, KeyTier.B, KeyEffect.NotYet),
        new("acl.tokens.replication", KeyType.String, KeyTier.B, KeyEffect.NotYet, Reloadable: true),
        new("acl_agent_master_token", KeyType.String, KeyTier.A, KeyEffect.NotYet, Reloadable: true),
        new("acl_agent_token", KeyType.String, KeyTier.A, KeyEffect.NotYet, Reloadable: true),
        new("acl_datacenter", KeyType.String, KeyTier.A, KeyEffect.NotYet),
        new("acl_default_policy", KeyType.String, KeyTier.A, KeyEffect.NotYet),
        new("acl_disabled_ttl", KeyType.Duration, KeyTier.A, KeyEffect.Ignored),
        new("acl_down_policy", KeyType.String, KeyTier.A, KeyEffect.NotYet),
        new("acl_enable_key_list_policy", KeyType.Bool, KeyTier.A, KeyEffect.NotYet),
        new("acl_enforce_version_8", KeyType.Bool, KeyTier.A, KeyEffect.Ignored),
        new("acl_master_token", KeyType.String, KeyTier.A, KeyEffect.NotYet),
        new("acl_replication_token", KeyType.String, KeyTier.A, KeyEffect.NotYet, Reloadable: true),
        new("acl_token", KeyType.String, KeyTier.A, KeyEffect.NotYet, Reloadable: true),
        new("acl_ttl", KeyType.Duration, KeyTier.A, KeyEffect.NotYet),
        new("enable_acl_replication", KeyType.Bool, KeyTier.A, KeyEffect.NotYet),
    ];
}
