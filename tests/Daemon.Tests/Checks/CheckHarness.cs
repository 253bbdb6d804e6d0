using System.Collections.Concurrent;
using Consul.Fast.Daemon.Checks;
using Consul.Fast.Daemon.Tests.Agent;
using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Checks;

internal sealed record CheckResult(string CheckId, string Status, string Output);

/// <summary>Everything that a check needs to run, with intervals of milliseconds, and the results it has published.</summary>
internal sealed class CheckHarness : ICheckNotifier, IAliasSource, IDisposable
{
    private readonly ConcurrentQueue<CheckResult> _results = new();
    private readonly List<Action> _watchers = [];
    private volatile HealthCheck[] _checks = [];

    public CheckHarness(TimeProvider? time = null, int outputMaxSize = 4096, string? dockerHost = null)
    {
        Wheel = new TimerWheel(time);
        Catalog = new FakeCatalog();
        Environment = new CheckEnvironment(Wheel, NullLogger.Instance, this, this, Catalog)
        {
            MinInterval = TimeSpan.FromMilliseconds(20),
            OutputMaxSize = outputMaxSize,
            Clients = new ProbeClients(dockerHost),
        };
    }

    public TimerWheel Wheel { get; }

    public FakeCatalog Catalog { get; }

    public CheckEnvironment Environment { get; }

    public IReadOnlyList<CheckResult> Results => [.. _results];

    public HashSet<string> KnownServices { get; } = [];

    public void UpdateCheck(string checkId, string status, string output) => _results.Enqueue(new CheckResult(checkId, status, output));

    public IReadOnlyList<HealthCheck> Checks() => _checks;

    public bool ServiceExists(string serviceId) => KnownServices.Contains(serviceId);

    public IDisposable OnHealthChanged(Action changed)
    {
        lock (_watchers) _watchers.Add(changed);
        return new Subscription(() =>
        {
            lock (_watchers) _watchers.Remove(changed);
        });
    }

    public void SetChecks(params HealthCheck[] checks)
    {
        _checks = checks;
        lock (_watchers)
        {
            foreach (Action watcher in _watchers) watcher();
        }
    }

    public async Task<CheckResult> NextAsync(int index = 0)
    {
        await Eventually.TrueAsync(() => _results.Count > index, $"result {index}");
        return Results[index];
    }

    /// <summary>Runs a check until its first result.</summary>
    public async Task<CheckResult> RunOnceAsync(IRunningCheck check)
    {
        check.Start();
        try
        {
            return await NextAsync();
        }
        finally
        {
            check.Stop();
        }
    }

    public void Dispose()
    {
        Environment.Dispose();
        Wheel.Dispose();
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
