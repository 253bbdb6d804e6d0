using System.Security.Cryptography;
using System.Text;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Tests.Agent;

public sealed class PersistenceTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("persist-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Services_and_checks_outlive_the_process()
    {
        var service = new ServiceDefinition
        {
            Name = "web",
            Id = "a/b",
            Tags = ["v1"],
            Address = "10.1.2.3",
            Port = 8080,
            Meta = SortedMap<string>.Create([new("k", "v")]),
            Checks = [new CheckDefinition { TtlNs = GoDuration.Minute, Notes = "n", DeregisterCriticalServiceAfterNs = GoDuration.Hour }],
        };
        NodeService before;
        await using (AgentHarness first = Create())
        {
            Assert.Null(first.AddService(service, "secret"));
            Assert.Null(first.Agent.EnableNodeMaintenance("because", "t"));
            Assert.Null(first.Agent.UpdateTtl("service:a/b", "passing", "fine"));
            before = first.Agent.State.Service("a/b")!;
        }

        await using AgentHarness second = Create();
        Assert.Null(second.Host.Load());
        NodeService after = second.Agent.State.Service("a/b")!;
        Assert.True(Consul.Fast.Daemon.Agent.Local.RecordComparison.Same(before, after));
        Assert.Equal("secret", second.Agent.State.ServiceToken("a/b"));
        HealthCheck ttl = second.Check("service:a/b");
        Assert.Equal(("passing", "fine", "n", "ttl"), (ttl.Status, ttl.Output, ttl.Notes, ttl.Type));
        HealthCheck maintenance = second.Check("_node_maintenance");
        Assert.Equal(("critical", "because", "maintenance"), (maintenance.Status, maintenance.Notes, maintenance.Type));
        Assert.Null(second.Agent.UpdateTtl("service:a/b", "warning", ""));
    }

    [Fact]
    public async Task Files_have_their_names_and_content()
    {
        await using AgentHarness agent = Create();
        agent.AddService(new ServiceDefinition { Name = "web", Port = 80 });
        Assert.Equal(
            """
            {"Token":"","Service":{"ID":"web","Service":"web","Tags":null,"Address":"","Meta":null,"Port":80,"Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"Proxy":{"Mode":"","MeshGateway":{},"Expose":{}},"Connect":{},"CreateIndex":0,"ModifyIndex":0},"Source":"remote"}
            """,
            await File.ReadAllTextAsync(FileOf("services", "web")));
        agent.Agent.AddCheck(
            new CheckDefinition { Id = "nodecheck", Name = "nc", Http = "http://127.0.0.1:1/", IntervalNs = 10 * GoDuration.Second }, "root",
            Daemon.Agent.Persistence.DefinitionSource.Remote, persist: true);
        Assert.Equal(
            """
            {"Check":{"Node":"n1","CheckID":"nodecheck","Name":"nc","Status":"critical","Notes":"","Output":"","ServiceID":"","ServiceName":"","ServiceTags":null,"Type":"http","Interval":"10s","Timeout":"0s","ExposedPort":0,"Definition":{},"CreateIndex":0,"ModifyIndex":0},"ChkType":{"CheckID":"nodecheck","Name":"nc","Status":"","Notes":"","ScriptArgs":null,"HTTP":"http://127.0.0.1:1/","H2PING":"","Header":null,"Method":"","Body":"","DisableRedirects":false,"TCP":"","Interval":10000000000,"AliasNode":"","AliasService":"","DockerContainerID":"","Shell":"","GRPC":"","GRPCUseTLS":false,"TLSServerName":"","TLSSkipVerify":false,"Timeout":0,"TTL":0,"SuccessBeforePassing":0,"FailuresBeforeCritical":0,"ProxyHTTP":"","ProxyGRPC":"","DeregisterCriticalServiceAfter":0,"OutputMaxSize":0},"Token":"root","Source":"remote"}
            """,
            await File.ReadAllTextAsync(FileOf("checks", "nodecheck")));
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FileOf("services", "web")));
    }

    [Fact]
    public async Task Torn_and_temporary_files_stop_nothing()
    {
        await using (AgentHarness first = Create())
        {
            first.AddService(new ServiceDefinition { Name = "good" });
            first.AddService(new ServiceDefinition { Name = "torn", Checks = [new CheckDefinition { TtlNs = GoDuration.Minute }] });
        }

        string torn = FileOf("services", "torn");
        await File.WriteAllTextAsync(torn, (await File.ReadAllTextAsync(torn))[..40]);
        await File.WriteAllTextAsync(FileOf("services", "good") + "-x.tmp", "{}");
        await using AgentHarness second = Create();
        Assert.Null(second.Host.Load());
        Assert.Equal(["good"], second.Agent.State.Services().Select(static service => service.Id));
        // A check without its service cannot be added and is forgotten.
        Assert.Empty(second.Agent.State.Checks());
        Assert.False(File.Exists(FileOf("checks", "service:torn")));
        Assert.True(File.Exists(torn));
    }

    [Fact]
    public async Task Configuration_wins_over_what_was_registered()
    {
        await using (AgentHarness first = Create()) first.AddService(new ServiceDefinition { Name = "web", Port = 1 });
        await using var second = new AgentHarness(
            static config => config with { ServiceDefinitions = [new ServiceDefinition { Name = "web", Port = 2 }] }, _directory);
        Assert.Null(second.Host.Load());
        Assert.Equal(2, second.Agent.State.Service("web")!.Port);
        Assert.False(File.Exists(FileOf("services", "web")));
    }

    [Fact]
    public async Task Removal_removes_the_files()
    {
        await using AgentHarness agent = Create();
        agent.AddService(new ServiceDefinition { Name = "web", Checks = [new CheckDefinition { TtlNs = GoDuration.Minute }] });
        agent.Agent.UpdateTtl("service:web", "passing", "");
        Assert.Equal(3, Directory.GetFiles(_directory, "*", SearchOption.AllDirectories).Length);
        Assert.Null(agent.Agent.RemoveService("web"));
        Assert.Empty(Directory.GetFiles(_directory, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Expired_ttl_state_counts_no_more()
    {
        await using (AgentHarness first = Create())
        {
            first.AddService(new ServiceDefinition { Name = "web", Checks = [new CheckDefinition { TtlNs = GoDuration.Minute }] });
            first.Agent.UpdateTtl("service:web", "passing", "fine");
        }

        await using AgentHarness second = Create();
        second.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(second.Host.Load());
        Assert.Equal("critical", second.Check("service:web").Status);
        Assert.False(File.Exists(FileOf("checks/state", "service:web")));
    }

    [Fact]
    public async Task Older_names_forms_and_sources_are_understood()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "services"));
        // The MD5 sum of "web".
        string old = Path.Combine(_directory, "services", "2567a5ec9705eb7ac2c984033e06189d");
        await File.WriteAllTextAsync(old, """{"ID":"web","Service":"web","Port":5,"Unknown":1}""");
        string strange = Path.Combine(_directory, "services", "strange");
        await File.WriteAllTextAsync(strange, """{"Token":"","Service":{"ID":"x","Service":"x"},"Source":"elsewhere"}""");
        await using AgentHarness agent = Create();
        Assert.Null(agent.Host.Load());
        Assert.Equal(5, agent.Agent.State.Service("web")!.Port);
        Assert.Null(agent.Agent.State.Service("x"));
        Assert.False(File.Exists(old));
        Assert.False(File.Exists(strange));
        Assert.True(File.Exists(FileOf("services", "web")));
    }

    [Fact]
    public async Task What_cannot_be_kept_is_not_done()
    {
        await using AgentHarness agent = Create();
        var service = new ServiceDefinition { Name = "web", Port = 1, Checks = [new CheckDefinition { TtlNs = GoDuration.Minute, Notes = "old" }] };
        Assert.Null(agent.AddService(service));
        string check = await File.ReadAllTextAsync(FileOf("checks", "service:web"));
        Refuse("services");

        Assert.NotNull(agent.AddService(service with { Port = 2, Checks = [new CheckDefinition { TtlNs = GoDuration.Hour, Notes = "new" }] }));
        Assert.NotNull(agent.AddService(new ServiceDefinition { Name = "other", Checks = [new CheckDefinition { TtlNs = GoDuration.Hour }] }));

        Assert.Equal(1, agent.Agent.State.Service("web")!.Port);
        Assert.Null(agent.Agent.State.Service("other"));
        Assert.Equal(["old"], agent.Agent.State.Checks().Select(static kept => kept.Notes));
        Assert.Equal(check, await File.ReadAllTextAsync(FileOf("checks", "service:web")));
        Assert.Single(Directory.GetFiles(Path.Combine(_directory, "checks")));
        Assert.Equal(TimeSpan.FromMinutes(1), agent.Agent.RunningChecks.Ttl("service:web")!.Ttl);
    }

    [Fact]
    public async Task Checks_and_maintenance_that_cannot_be_kept_are_not_done()
    {
        await using AgentHarness agent = Create();
        Assert.Null(agent.AddService(new ServiceDefinition { Name = "web" }));
        Refuse("checks");

        var check = new CheckDefinition { Id = "c", Name = "c", TtlNs = GoDuration.Minute };
        Assert.NotNull(agent.Agent.AddCheck(check, "", Daemon.Agent.Persistence.DefinitionSource.Remote, persist: true));
        Assert.NotNull(agent.Agent.EnableNodeMaintenance("", ""));
        Assert.NotNull(agent.Agent.EnableServiceMaintenance("web", "", ""));

        Assert.Empty(agent.Agent.State.Checks());
        Assert.Equal(0, agent.Agent.RunningChecks.Ttls);
    }

    /// <summary>Nothing can be written to a folder any more: what a full disk does, for every user.</summary>
    private void Refuse(string folder)
    {
        string path = Path.Combine(_directory, folder);
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        File.WriteAllText(path, "");
    }

    private AgentHarness Create() => new(dataDirectory: _directory);

    private string FileOf(string folder, string id) =>
        Path.Combine(_directory, folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id))));
}
