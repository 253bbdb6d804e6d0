using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Tests.Config;

public sealed class DefinitionTests
{
    [Fact]
    public void Service_of_a_file_has_all_its_fields()
    {
        AgentConfig config = ConfigSetup.Server("""
            service {
              id = "web1"
              name = "web"
              tags = ["a", "b"]
              address = "10.0.0.9"
              port = 80
              meta { k = "v" }
              tagged_addresses { lan { address = "1.2.3.4", port = 81 } }
              weights { passing = 5 }
              token = "t"
              enable_tag_override = true
              connect { sidecar_service { port = 99 } }
              proxy { config { a = 1, b = ["x", { c = true }] } }
              checks = [{ http = "http://[::1]/", interval = "10s", header { X = ["1", "2"] } }]
              check { ttl = "1m", deregister_critical_service_after = "90s" }
            }
            """).Config;
        ServiceDefinition service = Assert.Single(config.ServiceDefinitions);
        Assert.Equal(("web1", "web", "10.0.0.9", 80, "t", true), (service.Id, service.Name, service.Address, service.Port, service.Token, service.EnableTagOverride));
        Assert.Equal(["a", "b"], service.Tags!);
        Assert.Equal((5, 1), (service.Weights!.Passing, service.Weights.Warning));
        Assert.True(service.TaggedAddresses!.TryGetValue("lan", out var lan));
        Assert.Equal(("1.2.3.4", 81), (lan.Address, lan.Port));
        Assert.Equal(99, service.Connect!.SidecarService!.Port);
        Assert.Equal(["http://[::1]/", ""], service.Checks.Select(static check => check.Http));
        Assert.Equal(
            (10 * GoDuration.Second, 60 * GoDuration.Second, 90 * GoDuration.Second),
            (service.Checks[0].IntervalNs, service.Checks[1].TtlNs, service.Checks[1].DeregisterCriticalServiceAfterNs));
        Assert.True(service.Checks[0].Header!.TryGetValue("X", out IReadOnlyList<string>? header));
        Assert.Equal(["1", "2"], header!);
        Assert.True(service.Proxy!.Config!.Pairs.TryGetValue("a", out object? number));
        Assert.Equal(1L, number);
        Assert.Null(service.Check);
    }

    [Fact]
    public void Check_takes_the_other_spellings()
    {
        AgentConfig config = ConfigSetup.Server("""
            {"check":{"id":"c","ServiceID":"s","ScriptArgs":["a","b"],"DockerContainerID":"d","TLSSkipVerify":true,
             "DeregisterCriticalServiceAfter":"5m","interval":"1s","alias_service":"x","success_before_passing":2,"output_max_size":9}}
            """).Config;
        var check = Assert.Single(config.CheckDefinitions);
        Assert.Equal(("c", "s", "d", true, "x", 2, 9), (check.Id, check.ServiceId, check.DockerContainerId, check.TlsSkipVerify, check.AliasService, check.SuccessBeforePassing, check.OutputMaxSize));
        Assert.Equal(["a", "b"], check.ScriptArgs!);
        Assert.Equal(5 * GoDuration.Minute, check.DeregisterCriticalServiceAfterNs);
    }

    [Fact]
    public void Definitions_keep_the_order_of_their_sources()
    {
        AgentConfig config = ConfigSetup.Server(
            "service { name = \"b\" }\nservices = [{ name = \"a\" }]", "services { name = \"c\" }", "watches { type = \"key\", key = \"k\" }").Config;
        Assert.Equal(["a", "b", "c"], config.ServiceDefinitions.Select(static service => service.Name));
        Assert.True(Assert.Single(config.Watches).Pairs.TryGetValue("type", out object? type));
        Assert.Equal("key", type);
    }

    [Fact]
    public void Unknown_kind_means_an_ordinary_service() =>
        Assert.Equal("", ConfigSetup.Server("service { name = \"x\", kind = \"odd\" }").Config.ServiceDefinitions[0].Kind);
}
