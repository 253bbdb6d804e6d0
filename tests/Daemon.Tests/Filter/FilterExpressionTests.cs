using Consul.Fast.Daemon.Filter;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Filter;

public class FilterExpressionTests
{
    private static readonly Node s_node = new()
    {
        Id = "adf4238a-882b-9ddc-4a9d-5b6758e4159e",
        Name = "node-1",
        Address = "10.0.0.1",
        Datacenter = "dc1",
        TaggedAddresses = SortedMap<string>.Create([new("lan", "10.0.0.1")]),
        Meta = SortedMap<string>.Create([new("rack", "r1"), new("a-b", "")]),
    };

    private static readonly NodeService s_service = new()
    {
        Id = "web1",
        Service = "web",
        Tags = ["v1", "primary"],
        Port = 8080,
        Meta = SortedMap<string>.Create([new("v", "v1.2")]),
        TaggedAddresses = SortedMap<ServiceAddress>.Create([new("wan", new ServiceAddress("1.2.3.4", 80))]),
        Weights = new ServiceWeights(10, 1),
        Connect = new ServiceConnect(true, null),
        Proxy = new ServiceProxy
        {
            DestinationServiceName = "db",
            LocalServicePort = 90,
            MeshGatewayMode = "local",
            ExposeChecks = true,
            ExposePaths = [new ExposePath(1, "/x", 2, "http", false)],
            Upstreams = [new ProxyUpstream { DestinationName = "a", LocalBindPort = 1 }, new ProxyUpstream { DestinationName = "b", LocalBindPort = 2 }],
        },
    };

    private static readonly CheckServiceNode s_item = new(s_node, s_service,
    [
        new HealthCheck { Node = "node-1", CheckId = "serfHealth", Status = "passing" },
        new HealthCheck { Node = "node-1", CheckId = "service:web1", Status = "warning", ServiceTags = ["v1"], ExposedPort = 5 },
    ]);

    [Theory]
    // Texts.
    [InlineData("Node.Node == \"node-1\"", true)]
    [InlineData("Node.Node == \"Node-1\"", false)]
    [InlineData("Node.Node != \"node-1\"", false)]
    [InlineData("Node.Node contains ode", true)]
    [InlineData("ode not in Node.Node", false)]
    [InlineData("Node.Node matches \"^node-[0-9]$\"", true)]
    [InlineData("Node.Node matches \"ode\"", true)]
    [InlineData("Node.Node not matches \"^x\"", true)]
    // Numbers and flags.
    [InlineData("Service.Port == 8080", true)]
    [InlineData("Service.Port == \"0x1f90\"", true)]
    [InlineData("Service.Port == \"017620\"", true)]
    [InlineData("Service.Port == \"8_080\"", true)]
    [InlineData("Service.Port == \"8__080\"", null)]
    [InlineData("Service.Port != 8080", false)]
    [InlineData("Service.Weights.Passing == 10", true)]
    [InlineData("Service.EnableTagOverride == false", true)]
    [InlineData("Service.Connect.Native == T", true)]
    [InlineData("Service.Connect.Native != 1", false)]
    // Lists of texts.
    [InlineData("Service.Tags contains primary", true)]
    [InlineData("prim in Service.Tags", false)]
    [InlineData("v2 not in Service.Tags", true)]
    [InlineData("Service.Tags is empty", false)]
    [InlineData("Service.Tags is not empty", true)]
    // Maps.
    [InlineData("Service.Meta.v == v1.2", true)]
    [InlineData("v in Service.Meta", true)]
    [InlineData("Service.Meta not contains w", true)]
    [InlineData("Node.Meta is empty", false)]
    [InlineData("Node.Meta[\"a-b\"] == \"\"", true)]
    [InlineData("Node.TaggedAddresses.lan == \"10.0.0.1\"", true)]
    [InlineData("Service.TaggedAddresses.wan.Port == 80", true)]
    [InlineData("wan in Service.TaggedAddresses", true)]
    // A missing key.
    [InlineData("Service.Meta.none == x", false)]
    [InlineData("Service.Meta.none != x", true)]
    [InlineData("x in Service.Meta.none", false)]
    [InlineData("x not in Service.Meta.none", true)]
    [InlineData("Service.Meta.none matches x", true)]
    [InlineData("Service.Meta.none not matches x", true)]
    [InlineData("Service.TaggedAddresses.none.Port == 80", false)]
    public void Field_decides_an_instance(string text, bool? expected) => AssertDecision(text, expected);

    [Theory]
    // Lists of records: any item.
    [InlineData("Checks.Status == warning", true)]
    [InlineData("Checks.Status != warning", true)]
    [InlineData("Checks.Status == critical", false)]
    [InlineData("Checks.ExposedPort == 5", true)]
    [InlineData("v1 in Checks.ServiceTags", true)]
    [InlineData("Checks is empty", false)]
    [InlineData("Service.Proxy.Upstreams.DestinationName == b", true)]
    [InlineData("Service.Proxy.Upstreams.LocalBindPort == 3", false)]
    [InlineData("Service.Proxy.Expose.Paths.Path == \"/x\"", true)]
    [InlineData("Service.Proxy.Expose.Checks == true", true)]
    [InlineData("Service.Proxy.MeshGateway.Mode == local", true)]
    [InlineData("Service.Proxy.TransparentProxy.DialedDirectly == false", true)]
    // Junctions.
    [InlineData("Node.Node == x or Service.Port == 8080", true)]
    [InlineData("Node.Node == x or Service.Port == 8080 and Service.Port == 1", false)]
    [InlineData("not (Node.Node == x or Service.Port == 8080)", false)]
    [InlineData("not Node.Node == x and Service.Port == 8080", true)]
    public void Items_and_junctions_decide_an_instance(string text, bool? expected) => AssertDecision(text, expected);

    [Theory]
    [InlineData("Nope == x", "Selector \"Nope\" is not valid")]
    [InlineData("Node.Nope.x == x", "Selector \"Node.Nope\" is not valid")]
    [InlineData("Node.CreateIndex == 1", "Selector \"Node.CreateIndex\" is not valid")]
    [InlineData("Service.Proxy.Config is empty", "Selector \"Service.Proxy.Config\" is not valid")]
    [InlineData("Checks.Definition is empty", "Selector \"Checks.Definition\" is not valid")]
    [InlineData("Service.Tags.x == x", "Selector \"Service.Tags.x\" is not valid")]
    [InlineData("Service.Meta.a.b == x", "Selector \"Service.Meta.a.b\" is not valid")]
    [InlineData("node.Node == x", "Selector \"node\" is not valid")]
    [InlineData("Service.Kind is empty", "Invalid match operator \"Is Empty\" for selector \"Service.Kind\"")]
    [InlineData("Service.Meta.none is not empty", "Invalid match operator \"Is Not Empty\" for selector \"Service.Meta.none\"")]
    [InlineData("Node.Meta[\"a-b\"] is empty", "Invalid match operator \"Is Empty\" for selector \"Node.Meta.a-b\"")]
    [InlineData("Node is empty", "Invalid match operator \"Is Empty\" for selector \"Node\"")]
    [InlineData("Node == x", "Invalid match operator \"Equal\" for selector \"Node\"")]
    [InlineData("Service.Port is not empty", "Invalid match operator \"Is Not Empty\" for selector \"Service.Port\"")]
    [InlineData("x in Service.Port", "Invalid match operator \"In\" for selector \"Service.Port\"")]
    [InlineData("Service.Port not matches x", "Invalid match operator \"Not Matches\" for selector \"Service.Port\"")]
    [InlineData("Service.Tags == x", "Invalid match operator \"Equal\" for selector \"Service.Tags\"")]
    [InlineData("Service.Tags matches x", "Invalid match operator \"Matches\" for selector \"Service.Tags\"")]
    [InlineData("Service.Meta != x", "Invalid match operator \"Not Equal\" for selector \"Service.Meta\"")]
    [InlineData("x not in Checks", "Invalid match operator \"Not In\" for selector \"Checks\"")]
    [InlineData("Service.Port == abc", "Failed to coerce value \"abc\" for selector \"Service.Port\": strconv.ParseInt: parsing \"abc\": invalid syntax")]
    [InlineData("Service.Port == 1.5", "Failed to coerce value \"1.5\" for selector \"Service.Port\": strconv.ParseInt: parsing \"1.5\": invalid syntax")]
    [InlineData("Service.Port == 9223372036854775808", "Failed to coerce value \"9223372036854775808\" for selector \"Service.Port\": strconv.ParseInt: parsing \"9223372036854775808\": value out of range")]
    [InlineData("Service.Connect.Native == yes", "Failed to coerce value \"yes\" for selector \"Service.Connect.Native\": strconv.ParseBool: parsing \"yes\": invalid syntax")]
    [InlineData("Node.Node matches \"(\"", "Failed to compile regular expression \"(\": error parsing regexp: missing closing ): `(`")]
    [InlineData("Node.Node == x and Bogus == 1", "Selector \"Bogus\" is not valid")]
    [InlineData("Node.Node ==", "1:13 (12): no match found, expected: \"-\", \"0\", \"\\\"\", \"`\", [ \\t\\r\\n], [1-9] or [a-zA-Z]")]
    public void Fault_is_told(string text, string expected)
    {
        Assert.False(FilterExpression.TryCompile(text, FilterSelectors.CheckServiceNode, out _, out string error));
        Assert.Equal("Failed to create boolean expression evaluator: " + expected, error);
    }

    [Fact]
    public void Empty_text_keeps_everything()
    {
        Assert.True(FilterExpression.TryCompile("", FilterSelectors.Node, out Predicate<Node>? test, out _));
        Assert.Null(test);
    }

    [Fact]
    public void Null_collections_count_as_empty()
    {
        var bare = new ServiceInstance(new Node { Name = "n" }, new NodeService { Id = "x", Service = "x" });
        string[] texts =
            ["ServiceTags is empty", "ServiceMeta is empty", "NodeMeta.x != y", "x not in ServiceTags", "ServiceWeights.Passing == 1"];
        foreach (string text in texts)
        {
            bool compiled = FilterExpression.TryCompile(
                text, FilterSelectors.ServiceInstance, out Predicate<ServiceInstance>? test, out string error);
            Assert.True(compiled, error);
            Assert.True(test!(bare), text);
        }
    }

    [Fact]
    public void Every_data_set_knows_its_selectors()
    {
        AssertSelectable(FilterSelectors.Node, "ID Node Address Datacenter TaggedAddresses.x Meta.x");
        AssertSelectable(
            FilterSelectors.ServiceInstance,
            "ID Node Address Datacenter TaggedAddresses.x NodeMeta.x ServiceKind ServiceID ServiceName ServiceAddress ServiceTaggedAddresses.k.Address ServiceMeta.x "
            + "ServicePort ServiceSocketPath ServiceWeights.Passing ServiceWeights.Warning ServiceProxy.DestinationServiceName ServiceProxy.Upstreams.Datacenter");
        AssertSelectable(
            FilterSelectors.NodeService,
            "Kind ID Service Address TaggedAddresses.k.Port Meta.x Port SocketPath Weights.Warning Proxy.DestinationServiceID Proxy.LocalServiceAddress "
            + "Proxy.LocalServicePort Proxy.LocalServiceSocketPath Proxy.Mode Proxy.Expose.Paths.ListenerPort Proxy.Expose.Paths.LocalPathPort Proxy.Expose.Paths.Protocol "
            + "Proxy.TransparentProxy.OutboundListenerPort Proxy.Upstreams.DestinationType Proxy.Upstreams.DestinationNamespace Proxy.Upstreams.LocalBindAddress "
            + "Proxy.Upstreams.LocalBindSocketPath Proxy.Upstreams.LocalBindSocketMode Proxy.Upstreams.MeshGateway.Mode");
        AssertSelectable(FilterSelectors.HealthCheck, "Node CheckID Name Status Notes Output ServiceID ServiceName Type Interval Timeout ExposedPort");
        AssertSelectable(FilterSelectors.NodeInfo, "ID Node Address TaggedAddresses.x Meta.x Services.Service Checks.Status");
    }

    [Fact]
    public void Local_lists_report_an_unknown_selector_by_its_bare_text()
    {
        Assert.True(FilterExpression.TryParse("Bogus == 1", out FilterExpression? expression, out _));
        Assert.False(expression!.TryBind(FilterSelectors.HealthCheck, out _, out string error));
        Assert.Equal("Selector \"Bogus\" is not valid", error);
    }

    private static void AssertDecision(string text, bool? expected)
    {
        RecordSelectable<CheckServiceNode> selectors = FilterSelectors.CheckServiceNode;
        bool compiled = FilterExpression.TryCompile(text, selectors, out Predicate<CheckServiceNode>? test, out string error);
        Assert.Equal(expected is not null, compiled);
        if (expected is not null) Assert.Equal(expected, test!(s_item));
        else Assert.NotEmpty(error);
    }

    private static void AssertSelectable<T>(Selectable<T> selectors, string names)
    {
        foreach (string name in names.Split(' ')) Assert.True(FilterExpression.TryCompile($"{name} == 1", selectors, out _, out string error), error);
    }
}
