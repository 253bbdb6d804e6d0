using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Net.Timers;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Checks;

/// <summary>What all checks of an agent share. Disposed after the last check has stopped.</summary>
internal sealed class CheckEnvironment(TimerWheel wheel, ILogger logger, ICheckNotifier notifier, IAliasSource aliases, IHealth health)
    : IDisposable
{
    public TimerWheel Wheel { get; } = wheel;

    public ILogger Logger { get; } = logger;

    public ICheckNotifier Notifier { get; } = notifier;

    public IAliasSource Aliases { get; } = aliases;

    public IHealth Health { get; } = health;

    public ProbeClients Clients { get; init; } = new(Environment.GetEnvironmentVariable("DOCKER_HOST"));

    /// <summary>Bound on the output of a check in bytes unless the check asks for less.</summary>
    public int OutputMaxSize { get; init; } = 4096;

    /// <summary>Shortest time between two runs; shorter wishes are raised to it.</summary>
    public TimeSpan MinInterval { get; init; } = TimeSpan.FromSeconds(1);

    public void Dispose() => Clients.Dispose();
}
