using Consul.Fast.Daemon.Config;

namespace Consul.Fast.Daemon.Agent;

/// <summary>A running agent, as the command that started it and the HTTP interface drive it. Thread safe.</summary>
internal interface IAgentProcess : IAsyncDisposable
{
    /// <summary>
    /// Completes when the agent ends by itself, with the exit code: after a leave through the API, or when a listener
    /// dies.
    /// </summary>
    Task<int> Ended { get; }

    /// <summary>Brings everything up, in Consul's order.</summary>
    /// <exception cref="IOException">Data or listeners cannot be opened; the message is for the user.</exception>
    /// <exception cref="ConfigException">A configured definition cannot be registered.</exception>
    Task StartAsync(CancellationToken cancellation);

    /// <summary>Applies a new configuration as far as it may change while running.</summary>
    /// <returns>Null, or why it was refused; then the old one stays in force.</returns>
    Task<string?> ReloadAsync(AgentConfig config);

    /// <summary>Leaves the cluster in good order. The process goes on until it is disposed.</summary>
    Task LeaveAsync();
}
