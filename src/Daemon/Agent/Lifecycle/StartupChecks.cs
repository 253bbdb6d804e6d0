using Consul.Fast.Daemon.Config;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Agent.Lifecycle;

/// <summary>Faults of the configuration that only the start of an agent reports, never its validation.</summary>
internal static class StartupChecks
{
    private const int MinProtocol = 2;
    private const int MaxProtocol = 3;

    /// <exception cref="ConfigException">The agent cannot run with this configuration.</exception>
    public static void Check(AgentConfig config)
    {
        if (config.Acl.DefaultPolicy is not ("allow" or "deny"))
        {
            throw new ConfigException($"unexpected ACL default policy value of \"{config.Acl.DefaultPolicy}\"");
        }

        CheckProtocol(config.Node.Protocol);
        // Read here already: an agent that cannot use its certificates says so before anything else, like Consul.
        _ = AgentTls.Load(config, NullLogger.Instance);
    }

    private static void CheckProtocol(int version)
    {
        if (version is >= MinProtocol and <= MaxProtocol) return;
        string direction = version < MinProtocol ? "low" : "high";
        throw new ConfigException($"Protocol version '{version}' too {direction}. Must be in range: [{MinProtocol}, {MaxProtocol}]");
    }
}
