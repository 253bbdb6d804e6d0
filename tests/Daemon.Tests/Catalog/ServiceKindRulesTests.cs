using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Catalog;

/// <summary>The texts are those of Consul 1.10.12, in its order.</summary>
public sealed class ServiceKindRulesTests
{
    private static readonly ServiceProxy OfWeb = new() { DestinationServiceName = "web" };

    private static readonly ProxyUpstream Db = new() { DestinationName = "db", LocalBindPort = 9000 };

    [Fact]
    public void Ordinary_service_may_carry_anything() => Assert.Null(ServiceKindRules.Check(new NodeService
    {
        Kind = "unknown",
        Proxy = new ServiceProxy { DestinationServiceName = "*", Upstreams = [new ProxyUpstream()] },
    }));

    [Theory]
    [InlineData("*", "Proxy.DestinationServiceName must not be a wildcard for Connect proxy services")]
    [InlineData(" ", "Proxy.DestinationServiceName must be non-empty for Connect proxy services")]
    [InlineData("web")]
    public void Proxy_names_one_destination(string destination, params string[] faults) =>
        Assert.Equal(faults, Proxy(new ServiceProxy { DestinationServiceName = destination }));

    [Fact]
    public void Proxy_is_reachable_and_not_native() => Assert.Equal(
        ["Port or SocketPath must be set for a Connect proxy", "A Proxy cannot also be Connect Native, only typical services"],
        ServiceKindRules.Faults(new NodeService
        {
            Kind = ServiceKinds.ConnectProxy,
            Proxy = OfWeb,
            Connect = new ServiceConnect(true, null),
        }));

    public static TheoryData<ProxyUpstream, string> Upstreams => new()
    {
        { Db with { DestinationType = "zz" }, "unknown upstream destination type: \"zz\"" },
        { Db with { DestinationName = "" }, "upstream destination name cannot be empty" },
        { Db with { DestinationName = "*" }, "upstream destination name cannot be a wildcard" },
        { Db with { LocalBindPort = 0 }, "upstream local bind port or local socket path must be defined and nonzero" },
        { Db with { LocalBindSocketPath = "/s" }, "only one of upstream local bind port or local socket path can be defined and nonzero" },
        { Db with { DestinationName = "", CentrallyConfigured = true }, "upstream destination name cannot be empty" },
    };

    [Theory]
    [MemberData(nameof(Upstreams))]
    public void Upstream_is_judged(ProxyUpstream upstream, string fault) =>
        Assert.Equal([fault], Proxy(OfWeb with { Upstreams = [upstream] }));

    [Fact]
    public void Upstream_of_central_configuration_needs_no_listener() => Assert.Empty(Proxy(OfWeb with
    {
        Upstreams =
        [
            new ProxyUpstream { DestinationName = "*", CentrallyConfigured = true },
            new ProxyUpstream { DestinationName = "a", CentrallyConfigured = true },
        ],
    }));

    [Fact]
    public void Upstreams_differ_in_destination_and_in_address() => Assert.Equal(
        [
            "upstreams cannot contain duplicates of [type=\"\", name=\"db\", namespace=\"\", datacenter=\"\"]",
            "upstreams cannot contain duplicates by local bind address and port or unix path; \"127.0.0.1:9000\" is specified twice",
            "upstreams cannot contain duplicates by local bind address and port or unix path; \"[::1]:9000\" is specified twice",
            "upstreams cannot contain duplicates by local bind address and port or unix path; \"/s\" is specified twice",
        ],
        Proxy(OfWeb with
        {
            Upstreams =
            [
                Db,
                Db with { LocalBindPort = 1 },
                Db with { DestinationName = "a", LocalBindAddress = "127.0.0.1" },
                Db with { DestinationName = "b", LocalBindAddress = "::1" },
                Db with { DestinationName = "c", LocalBindAddress = "::1" },
                Db with { DestinationName = "d", LocalBindPort = 0, LocalBindSocketPath = "/s" },
                Db with { DestinationName = "e", LocalBindPort = 0, LocalBindSocketPath = "/s" },
                Db with { Datacenter = "dc2", LocalBindPort = 2 },
            ],
        }));

    [Fact]
    public void Exposed_paths_have_ports_of_their_own_and_a_known_protocol() => Assert.Equal(
        [
            "expose.paths: empty path exposed",
            "expose.paths: invalid listener port: 0",
            "expose.paths: duplicate listener ports exposed",
            "expose.paths: invalid listener port: 0",
            "expose.paths: invalid listener port: 70000",
            "protocol 'tcp' not supported for path: /d, must be in: [http http2]",
        ],
        Proxy(OfWeb with
        {
            ExposePaths =
            [
                new ExposePath(0, "", 0, "", false),
                new ExposePath(0, "/b", 0, "HTTP2", false),
                new ExposePath(70000, "/c", 0, "http", false),
                new ExposePath(1, "/d", 0, "TCP", false),
            ],
        }));

    [Theory]
    [InlineData(ServiceKinds.MeshGateway)]
    [InlineData(ServiceKinds.TerminatingGateway)]
    [InlineData(ServiceKinds.IngressGateway)]
    public void Gateway_has_nothing_of_a_proxy(string kind)
    {
        var proxy = new ServiceProxy
        {
            DestinationServiceName = "a",
            DestinationServiceId = "b",
            LocalServiceAddress = "c",
            LocalServicePort = 1,
            LocalServiceSocketPath = "d",
            Upstreams = [Db],
        };
        string[] fields =
            ["DestinationServiceName", "DestinationServiceID", "LocalServiceAddress", "LocalServicePort", "LocalServiceSocketPath", "Upstreams"];
        List<string> expected = [.. fields.Select(field => $"The Proxy.{field} configuration is invalid for a {kind}")];
        expected.Insert(0, $"A {kind} cannot have a sidecar service defined");
        if (kind != ServiceKinds.IngressGateway) expected.Insert(0, $"Port must be non-zero for a {kind}");
        var connect = new ServiceConnect(true, new SidecarService());
        Assert.Equal(expected, ServiceKindRules.Faults(new NodeService { Kind = kind, Proxy = proxy, Connect = connect }));
        Assert.Empty(ServiceKindRules.Faults(new NodeService { Kind = kind, Port = 1, Connect = new ServiceConnect(true, null) }));
    }

    [Fact]
    public void Sidecar_is_named_by_the_agent_and_has_none_itself()
    {
        var nested = new SidecarService { Id = "x", Connect = new ServiceConnect(false, new SidecarService()) };
        Assert.Equal(
            "2 errors occurred:\n\t* A SidecarService cannot specify an ID as this is managed by the agent\n"
            + "\t* A SidecarService cannot have a nested SidecarService\n\n",
            ServiceKindRules.Check(new NodeService { Connect = new ServiceConnect(false, nested) }));
    }

    private static List<string> Proxy(ServiceProxy proxy) =>
        ServiceKindRules.Faults(new NodeService { Kind = ServiceKinds.ConnectProxy, Port = 1, Proxy = proxy });
}
