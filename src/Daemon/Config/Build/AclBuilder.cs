using Consul.Fast.Daemon.Config.Runtime;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>Access control; the keys inside <c>acl</c> win over their older spellings at the top level.</summary>
internal sealed class AclBuilder(ConfigReader reader)
{
    public AclConfig Build() => new()
    {
        Enabled = reader.Flag("acl.enabled", reader.Text("acl_datacenter").Length > 0),
        DefaultPolicy = reader.FirstText("allow", "acl.default_policy", "acl_default_policy"),
        DownPolicy = reader.FirstText("extend-cache", "acl.down_policy", "acl_down_policy"),
        TokenTtl = reader.Duration(reader.Has("acl.token_ttl") ? "acl.token_ttl" : "acl_ttl", TimeSpan.FromSeconds(30)),
        PolicyTtl = reader.Duration("acl.policy_ttl", TimeSpan.FromSeconds(30)),
        RoleTtl = reader.Duration("acl.role_ttl"),
        EnableKeyListPolicy = reader.Flag("acl.enable_key_list_policy", reader.Flag("acl_enable_key_list_policy")),
        EnableTokenPersistence = reader.Flag("acl.enable_token_persistence"),
        EnableTokenReplication = reader.Flag(
            "acl.enable_token_replication", reader.Flag("enable_acl_replication", reader.Text("acl_replication_token").Length > 0)),
        Tokens = new AclTokens
        {
            Agent = reader.FirstText("", "acl.tokens.agent", "acl_agent_token"),
            AgentMaster = reader.FirstText("", "acl.tokens.agent_master", "acl_agent_master_token"),
            Default = reader.FirstText("", "acl.tokens.default", "acl_token"),
            Master = reader.FirstText("", "acl.tokens.master", "acl_master_token"),
            Replication = reader.FirstText("", "acl.tokens.replication", "acl_replication_token"),
        },
    };
}
