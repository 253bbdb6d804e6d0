using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Agent.Persistence;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Agent;

/// <summary>An agent's local part over a catalog in memory, with a data directory of its own unless told otherwise.</summary>
internal sealed class AgentHarness : IAsyncDisposable
{
    public const string NodeId = "11111111-2222-3333-4444-555555555555";

    private readonly bool _ownsDirectory;

    public AgentHarness(Func<AgentConfig, AgentConfig>? configure = null, string? dataDirectory = null, FakeCatalog? catalog = null)
    {
        _ownsDirectory = dataDirectory is null;
        DataDirectory = dataDirectory ?? Directory.CreateTempSubdirectory("agent-").FullName;
        Catalog = catalog ?? new FakeCatalog();
        Wheel = new TimerWheel(Time);
        Config = new AgentConfig { Node = new NodeConfig { Name = "n1", DataDir = DataDirectory } };
        if (configure is not null) Config = configure(Config);
        Host = new LocalAgentHost(
            Config, NodeId, Catalog, Catalog, static () => 1, Wheel, NoMetrics.Instance, NullLoggerFactory.Instance);
    }

    public ManualTime Time { get; } = new();

    public AgentConfig Config { get; }

    public string DataDirectory { get; }

    public FakeCatalog Catalog { get; }

    public TimerWheel Wheel { get; }

    public LocalAgentHost Host { get; }

    public LocalAgent Agent => Host.Agent;

    public Task SyncAsync() => Agent.Syncer.SyncChangesNowAsync(CancellationToken.None);

    public string? AddService(ServiceDefinition definition, string token = "", bool replace = false) => Agent.AddService(
        ServiceRegistration.ToService(definition), ServiceRegistration.ChecksOf(definition), token, DefinitionSource.Remote, persist: true,
        replace);

    public HealthCheck Check(string id) => Agent.State.Check(id) ?? throw new InvalidOperationException($"no check {id}");

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Wheel.Dispose();
        if (_ownsDirectory) Directory.Delete(DataDirectory, recursive: true);
    }
}
