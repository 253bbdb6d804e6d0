namespace Consul.Fast.Daemon.Agent;

/// <summary>What the agent's configuration says about registering services and checks.</summary>
internal sealed record AgentSettings
{
    /// <summary>Script checks from configuration files may run.</summary>
    public bool EnableLocalScripts { get; init; }

    /// <summary>Script checks from the HTTP API may run.</summary>
    public bool EnableRemoteScripts { get; init; }

    /// <summary>Shortest time for which a check must be critical before its service is removed.</summary>
    public TimeSpan DeregisterIntervalMin { get; init; } = TimeSpan.FromMinutes(1);
}
