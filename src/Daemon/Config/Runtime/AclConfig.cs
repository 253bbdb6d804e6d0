namespace Consul.Fast.Daemon.Config.Runtime;

/// <summary>Access control.</summary>
internal sealed record AclConfig
{
    public bool Enabled { get; init; }

    /// <summary><c>allow</c> or <c>deny</c>.</summary>
    public string DefaultPolicy { get; init; } = "allow";

    /// <summary><c>allow</c>, <c>deny</c>, <c>extend-cache</c> or <c>async-cache</c>.</summary>
    public string DownPolicy { get; init; } = "extend-cache";

    public TimeSpan TokenTtl { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan PolicyTtl { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan RoleTtl { get; init; }

    public bool EnableKeyListPolicy { get; init; }

    public bool EnableTokenPersistence { get; init; }

    public bool EnableTokenReplication { get; init; }

    public AclTokens Tokens { get; init; } = new();
}

/// <summary>Secrets the agent uses; empty when not configured.</summary>
internal sealed record AclTokens
{
    public string Agent { get; init; } = "";

    public string AgentMaster { get; init; } = "";

    /// <summary>For requests that bring none.</summary>
    public string Default { get; init; } = "";

    public string Master { get; init; } = "";

    public string Replication { get; init; } = "";
}
