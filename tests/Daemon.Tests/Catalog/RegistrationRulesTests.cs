using Consul.Fast.Daemon.Server;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Catalog;

public class RegistrationRulesTests
{
    [Theory]
    [InlineData("", "", "Must provide node")]
    [InlineData("n", "", null)]
    [InlineData("n", "adf4238a-882b-9ddc-4a9d-5b6758e4159e", null)]
    [InlineData("n", "ADF4238A-882b-9ddc-4a9d-5b6758e4159e", null)]
    [InlineData("n", "abc", "Bad node ID: uuid string is wrong length")]
    [InlineData("n", "adf4238a0882b-9ddc-4a9d-5b6758e4159e", "Bad node ID: uuid is improperly formatted")]
    [InlineData("n", "gdf4238a-882b-9ddc-4a9d-5b6758e4159e", "Bad node ID: encoding/hex: invalid byte: U+0067 'g'")]
    public void Node_needs_a_name_and_a_proper_id(string name, string id, string? expected) =>
        Assert.Equal(expected, RegistrationRules.CheckNode(name, id));

    [Fact]
    public void Service_id_defaults_to_its_name()
    {
        var service = new NodeService { Service = "web" };
        Assert.Null(RegistrationRules.Prepare(ref service));
        Assert.Equal("web", service.Id);
    }

    [Theory]
    [InlineData("", "", "", "", 0, null)]
    [InlineData("x", "", "", "", 0, "Must provide service name with ID")]
    [InlineData("x", "web", "0.0.0.0", "", 0, "Invalid service address")]
    [InlineData("x", "web", "::", "", 0, "Invalid service address")]
    [InlineData("x", "web", "[::]", "", 0, "Invalid service address")]
    [InlineData("x", "web", "10.0.0.1", "", 0, null)]
    [InlineData("x", "web", "", "mesh-gateway", 0, "1 error occurred:\n\t* Port must be non-zero for a mesh-gateway\n\n")]
    [InlineData("x", "web", "", "mesh-gateway", 1, null)]
    [InlineData("x", "web", "", "connect-proxy", 1, "1 error occurred:\n\t* Proxy.DestinationServiceName must be non-empty for Connect proxy services\n\n")]
    [InlineData("x", "web", "", "connect-proxy", 0, "2 errors occurred:\n\t* Proxy.DestinationServiceName must be non-empty for Connect proxy services\n\t* Port or SocketPath must be set for a Connect proxy\n\n")]
    public void Service_is_judged(string id, string name, string address, string kind, int port, string? expected)
    {
        var service = new NodeService { Id = id, Service = name, Address = address, Kind = kind, Port = port };
        Assert.Equal(expected, RegistrationRules.Prepare(ref service));
    }

    [Fact]
    public void Check_takes_its_node_and_id_from_what_is_there()
    {
        HealthCheck check = RegistrationRules.Complete(new HealthCheck { Name = "c" }, "n");
        Assert.Equal(("n", "c", ""), (check.Node, check.CheckId, check.Type));
        check = RegistrationRules.Complete(new HealthCheck { Node = "other", CheckId = "id", Name = "c", Type = "mine" }, "n");
        Assert.Equal(("other", "id", "mine"), (check.Node, check.CheckId, check.Type));
    }

    [Fact]
    public void Check_type_follows_from_its_definition()
    {
        var all = new CheckDefinition
        {
            IntervalNs = 1,
            Grpc = "x",
            Http = "x",
            TtlNs = 1,
            Tcp = "x",
            AliasService = "x",
            DockerContainerId = "x",
            ScriptArgs = ["x"],
            H2Ping = "x",
        };
        Assert.Equal("grpc", Type(all));
        Assert.Equal("http", Type(all with { Grpc = "" }));
        Assert.Equal("ttl", Type(all with { IntervalNs = 0 }));
        Assert.Equal("ttl", Type(all with { Grpc = "", Http = "" }));
        all = all with { Grpc = "", Http = "", TtlNs = 0 };
        Assert.Equal("tcp", Type(all));
        Assert.Equal("alias", Type(all with { Tcp = "" }));
        all = all with { Tcp = "", AliasService = "" };
        Assert.Equal("docker", Type(all));
        Assert.Equal("script", Type(all with { DockerContainerId = "" }));
        Assert.Equal("h2ping", Type(all with { ScriptArgs = null }));
        Assert.Equal("script", Type(all with { IntervalNs = 0 }));
        Assert.Equal("", Type(all with { IntervalNs = 0, ScriptArgs = null }));
    }

    private static string Type(CheckDefinition definition) =>
        RegistrationRules.Complete(new HealthCheck { Name = "c", Definition = definition }, "n").Type;
}
