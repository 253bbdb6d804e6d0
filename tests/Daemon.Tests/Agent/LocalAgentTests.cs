using Consul.Fast.Daemon.Agent.Persistence;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Text;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Tests.Agent;

public sealed class LocalAgentTests
{
    private static readonly CheckDefinition Ttl = new() { TtlNs = 30 * GoDuration.Second };

    [Fact]
    public async Task Check_ids_and_names_follow_the_service()
    {
        await using var agent = new AgentHarness();
        Assert.Null(agent.AddService(new ServiceDefinition { Name = "web", Id = "w1", Check = Ttl, Checks = [Ttl, Ttl with { Id = "own", Name = "mine" }] }));
        Assert.Equal(["own", "service:w1:1", "service:w1:2"], agent.Agent.State.Checks().Select(static check => check.CheckId));
        Assert.Equal("Service 'web' check", agent.Check("service:w1:1").Name);
        Assert.Equal(("mine", "w1", "web", "critical"), (agent.Check("own").Name, agent.Check("own").ServiceId, agent.Check("own").ServiceName, agent.Check("own").Status));
    }

    [Fact]
    public async Task Registering_again_keeps_results_and_writes_nothing()
    {
        await using var agent = new AgentHarness();
        var service = new ServiceDefinition { Name = "web", Checks = [Ttl with { Status = "warning" }] };
        Assert.Null(agent.AddService(service));
        Assert.Equal("warning", agent.Check("service:web").Status);
        agent.Agent.UpdateTtl("service:web", "passing", "fine");
        await agent.SyncAsync();
        int writes = agent.Catalog.Writes;
        for (int i = 0; i < 3; i++)
        {
            Assert.Null(agent.AddService(service));
            await agent.SyncAsync();
        }

        Assert.Equal(("passing", "fine"), (agent.Check("service:web").Status, agent.Check("service:web").Output));
        Assert.Equal(writes, agent.Catalog.Writes);
    }

    [Theory]
    [InlineData(false, new[] { "a", "b" })]
    [InlineData(true, new[] { "b" })]
    public async Task Other_checks_stay_unless_replaced(bool replace, string[] left)
    {
        await using var agent = new AgentHarness();
        agent.AddService(new ServiceDefinition { Name = "web", Checks = [Ttl with { Id = "a" }] });
        agent.AddService(new ServiceDefinition { Name = "web", Checks = [Ttl with { Id = "b" }] }, replace: replace);
        Assert.Equal(left, agent.Agent.State.Checks().Select(static check => check.CheckId));
    }

    [Theory]
    [InlineData(DefinitionSource.Local, false, false, "Scripts are disabled on this agent; to enable, configure 'enable_script_checks' or 'enable_local_script_checks' to true")]
    [InlineData(DefinitionSource.Remote, true, false, "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true")]
    [InlineData(DefinitionSource.Local, true, false, null)]
    [InlineData(DefinitionSource.Remote, true, true, null)]
    internal async Task Scripts_need_permission(DefinitionSource source, bool local, bool remote, string? fault)
    {
        await using var agent = new AgentHarness(
            config => config with { Checks = config.Checks with { EnableLocalScripts = local, EnableRemoteScripts = remote } });
        var check = new CheckDefinition { Name = "s", ScriptArgs = ["true"], IntervalNs = GoDuration.Hour };
        Assert.Equal(fault, agent.Agent.AddCheck(check, "", source, persist: false));
        Assert.Equal(fault is null ? 1 : 0, agent.Agent.State.Checks().Count);
    }

    [Fact]
    public async Task Refused_check_leaves_no_half_registered_service()
    {
        await using var agent = new AgentHarness();
        var script = new CheckDefinition { ScriptArgs = ["true"], IntervalNs = GoDuration.Hour };
        Assert.StartsWith("Scripts are disabled", agent.AddService(new ServiceDefinition { Name = "web", Checks = [Ttl, script] })!, StringComparison.Ordinal);
        Assert.Empty(agent.Agent.State.Services());
        Assert.Empty(agent.Agent.State.Checks());
    }

    [Fact]
    public async Task Services_critical_for_too_long_are_removed()
    {
        await using var agent = new AgentHarness();
        var check = Ttl with { DeregisterCriticalServiceAfterNs = 10 * GoDuration.Second, Status = "critical" };
        agent.AddService(new ServiceDefinition { Name = "sick", Checks = [check] });
        agent.AddService(new ServiceDefinition { Name = "well", Checks = [check] });
        agent.Agent.UpdateTtl("service:well", "passing", "");
        agent.Time.Advance(TimeSpan.FromSeconds(25));
        Assert.Empty(agent.Agent.ServicesToReap());
        agent.Host.Start();
        // The wish of ten seconds is raised to a minute.
        agent.Agent.UpdateTtl("service:well", "passing", "");
        agent.Time.Advance(TimeSpan.FromSeconds(29));
        agent.Agent.UpdateTtl("service:well", "passing", "");
        agent.Time.Advance(TimeSpan.FromSeconds(29));
        await Eventually.TrueAsync(() => agent.Agent.State.Service("sick") is null, "the sick service goes");
        Assert.NotNull(agent.Agent.State.Service("well"));
    }

    [Fact]
    public async Task Maintenance_keeps_its_first_reason()
    {
        await using var agent = new AgentHarness();
        agent.AddService(new ServiceDefinition { Name = "web" });
        Assert.Null(agent.Agent.EnableServiceMaintenance("web", "", ""));
        Assert.Null(agent.Agent.EnableServiceMaintenance("web", "later", ""));
        var check = agent.Check("_service_maintenance:web");
        Assert.Equal("Maintenance mode is enabled for this service, but no reason was provided. This is a default message.", check.Notes);
        Assert.Equal(("web", "critical", "Service Maintenance Mode"), (check.ServiceName, check.Status, check.Name));
        Assert.Null(agent.Agent.DisableServiceMaintenance("web"));
        Assert.Null(agent.Agent.DisableServiceMaintenance("web"));
        Assert.Empty(agent.Agent.State.Checks());
    }

    [Fact]
    public async Task Reload_replaces_the_configured_and_keeps_the_registered()
    {
        await using var agent = new AgentHarness(
            static config => config with
            {
                ServiceDefinitions = [new ServiceDefinition { Name = "old" }, new ServiceDefinition { Name = "stays", Checks = [Ttl] }],
            });
        Assert.Null(agent.Host.Load());
        agent.AddService(new ServiceDefinition { Name = "registered", Checks = [Ttl] });
        agent.Agent.UpdateTtl("service:stays", "passing", "s");
        agent.Agent.UpdateTtl("service:registered", "warning", "r");
        await agent.SyncAsync();
        int writes = agent.Catalog.Writes;
        Assert.Null(agent.Host.Reload(agent.Config with
        {
            ServiceDefinitions = [new ServiceDefinition { Name = "stays", Checks = [Ttl] }, new ServiceDefinition { Name = "new" }],
        }));
        await agent.SyncAsync();
        Assert.Equal(["new", "registered", "stays"], agent.Catalog.Services.Keys);
        Assert.Equal("passing", agent.Check("service:stays").Status);
        Assert.Equal("warning", agent.Check("service:registered").Status);
        // One removal and one registration, nothing for what has not changed.
        Assert.Equal(writes + 2, agent.Catalog.Writes);
    }

    [Theory]
    [InlineData("lan_ipv4", "::1", "Service tagged address \"lan_ipv4\" must be a valid ipv4 address")]
    [InlineData("lan_ipv6", "10.0.0.1", "Service tagged address \"lan_ipv6\" must be a valid ipv6 address")]
    [InlineData("other", "anything", null)]
    public async Task Tagged_addresses_fit_their_names(string name, string address, string? fault)
    {
        await using var agent = new AgentHarness();
        var tagged = Storage.Records.SortedMap<Storage.Records.ServiceAddress>.Create([new(name, new(address, 1))]);
        Assert.Equal(fault, agent.AddService(new ServiceDefinition { Name = "web", TaggedAddresses = tagged }));
    }
}
