using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Json;

public class RecordJsonTests
{
    private static readonly SortedMap<string> s_lan = SortedMap<string>.Create([new("wan", "1.2.3.4"), new("lan", "10.0.0.1")]);

    private static readonly Node s_node = new()
    {
        Id = "adf4238a-882b-9ddc-4a9d-5b6758e4159e",
        Name = "n1",
        Address = "10.0.0.1",
        Datacenter = "dc1",
        TaggedAddresses = s_lan,
        Meta = SortedMap<string>.Empty,
        CreateIndex = 5,
        ModifyIndex = 6,
    };

    private static readonly NodeService s_web = new()
    {
        Id = "web1",
        Service = "web",
        Tags = ["a"],
        Port = 80,
        Meta = SortedMap<string>.Create([new("k", "v")]),
        TaggedAddresses = SortedMap<ServiceAddress>.Create([new("lan", new ServiceAddress("1.2.3.4", 80))]),
        Weights = ServiceWeights.Default,
        CreateIndex = 8,
        ModifyIndex = 8,
    };

    private static readonly HealthCheck s_check = new()
    {
        Node = "n1",
        CheckId = "service:web",
        Name = "Service 'web' check",
        Status = "passing",
        ServiceId = "web",
        ServiceName = "web",
        ServiceTags = ["a"],
        Type = "http",
        Interval = "10s",
        Timeout = "0s",
        CreateIndex = 9,
        ModifyIndex = 12,
    };

    [Fact]
    public void Node_has_all_fields_in_order() => Expect(
        """{"ID":"adf4238a-882b-9ddc-4a9d-5b6758e4159e","Node":"n1","Address":"10.0.0.1","Datacenter":"dc1","TaggedAddresses":{"lan":"10.0.0.1","wan":"1.2.3.4"},"Meta":{},"CreateIndex":5,"ModifyIndex":6}""",
        w => RecordJson.Write(w, s_node));

    [Fact]
    public void Node_without_maps_shows_null() => Expect(
        """{"ID":"","Node":"n","Address":"","Datacenter":"","TaggedAddresses":null,"Meta":null,"CreateIndex":0,"ModifyIndex":0}""",
        w => RecordJson.Write(w, new Node { Name = "n" }));

    [Fact]
    public void Service_has_all_fields_in_order() => Expect(
        """{"ID":"web1","Service":"web","Tags":["a"],"Address":"","TaggedAddresses":{"lan":{"Address":"1.2.3.4","Port":80}},"Meta":{"k":"v"},"Port":80,"Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"Proxy":{"Mode":"","MeshGateway":{},"Expose":{}},"Connect":{},"CreateIndex":8,"ModifyIndex":8}""",
        w => RecordJson.Write(w, s_web));

    [Fact]
    public void Service_omits_what_is_optional_and_shows_empty_tags()
    {
        Expect(
            """{"ID":"x","Service":"x","Tags":[],"Address":"","Meta":null,"Weights":null,"EnableTagOverride":true,"Proxy":{"Mode":"","MeshGateway":{},"Expose":{}},"Connect":{"Native":true},"CreateIndex":0,"ModifyIndex":0}""",
            w => RecordJson.Write(w, new NodeService { Id = "x", Service = "x", EnableTagOverride = true, Connect = new(true, null) }));
        Assert.Contains("\"Tags\":null", GoJsonEncoderTests.Write(w => RecordJson.Write(w, new NodeService { Id = "x" }, nullLists: true)));
    }

    [Fact]
    public void Proxy_shows_its_optional_members_in_order() => Expect(
        """{"DestinationServiceName":"web","DestinationServiceID":"web1","LocalServiceAddress":"127.0.0.1","LocalServicePort":80,"Mode":"direct","Config":{"a":[1,"x",null,{"b":true}],"n":0.5},"Upstreams":[{"DestinationType":"service","DestinationName":"db","Datacenter":"","LocalBindPort":9191,"MeshGateway":{"Mode":"local"}}],"MeshGateway":{"Mode":"none"},"Expose":{"Checks":true,"Paths":[{"ListenerPort":1,"Path":"/x","LocalPathPort":2,"Protocol":"http"}]},"TransparentProxy":{"OutboundListenerPort":15001}}""",
        w => RecordJson.Write(w, new ServiceProxy
        {
            DestinationServiceName = "web",
            DestinationServiceId = "web1",
            LocalServiceAddress = "127.0.0.1",
            LocalServicePort = 80,
            Mode = "direct",
            Config = new FreeMap([new("n", 0.5), new("a", new object?[] { 1.0, "x", null, new FreeMap([new("b", true)]) })]),
            Upstreams = [new ProxyUpstream { DestinationType = "service", DestinationName = "db", LocalBindPort = 9191, MeshGatewayMode = "local" }],
            MeshGatewayMode = "none",
            ExposeChecks = true,
            ExposePaths = [new ExposePath(1, "/x", 2, "http", false)],
            TransparentOutboundListenerPort = 15001,
        }));

    [Fact]
    public void Instance_is_flat_and_never_has_null_meta() => Expect(
        """{"ID":"","Node":"n","Address":"10.0.0.9","Datacenter":"dc1","TaggedAddresses":null,"NodeMeta":null,"ServiceKind":"","ServiceID":"x","ServiceName":"y","ServiceTags":[],"ServiceAddress":"","ServiceWeights":{"Passing":1,"Warning":1},"ServiceMeta":{},"ServicePort":0,"ServiceSocketPath":"","ServiceEnableTagOverride":false,"ServiceProxy":{"Mode":"","MeshGateway":{},"Expose":{}},"ServiceConnect":{},"CreateIndex":3,"ModifyIndex":4}""",
        w => RecordJson.Write(w, new ServiceInstance(
            new Node { Name = "n", Address = "10.0.0.9", Datacenter = "dc1", CreateIndex = 1, ModifyIndex = 2 },
            new NodeService { Id = "x", Service = "y", CreateIndex = 3, ModifyIndex = 4 })));

    [Fact]
    public void Check_has_all_fields_in_order() => Expect(
        """{"Node":"n1","CheckID":"service:web","Name":"Service 'web' check","Status":"passing","Notes":"","Output":"","ServiceID":"web","ServiceName":"web","ServiceTags":["a"],"Type":"http","Interval":"10s","Timeout":"0s","ExposedPort":0,"Definition":{},"CreateIndex":9,"ModifyIndex":12}""",
        w => RecordJson.Write(w, s_check));

    [Fact]
    public void Definition_shows_durations_first_and_only_what_is_set() => Expect(
        """{"Interval":"10s","OutputMaxSize":4096,"Timeout":"1.5s","DeregisterCriticalServiceAfter":"1m0s","HTTP":"http://x","TLSSkipVerify":true,"Header":{"X":["1","2"]},"Method":"GET","TTL":5000000000}""",
        w => RecordJson.Write(w, new CheckDefinition
        {
            IntervalNs = 10_000_000_000,
            OutputMaxSize = 4096,
            TimeoutNs = 1_500_000_000,
            DeregisterCriticalServiceAfterNs = 60_000_000_000,
            Http = "http://x",
            TlsSkipVerify = true,
            Header = SortedMap<IReadOnlyList<string>?>.Create([new("X", ["1", "2"])]),
            Method = "GET",
            TtlNs = 5_000_000_000,
        }));

    [Fact]
    public void Health_item_holds_node_service_and_checks()
    {
        string json = GoJsonEncoderTests.Write(w => RecordJson.Write(w, new CheckServiceNode(s_node, s_web, [])));
        Assert.StartsWith("{\"Node\":{\"ID\":", json);
        Assert.EndsWith(",\"Checks\":[]}", json);
    }

    [Fact]
    public void Entry_shows_base64_or_null()
    {
        Expect(
            """{"LockIndex":0,"Key":"a/b","Flags":0,"Value":"dGVzdA==","CreateIndex":10,"ModifyIndex":12}""",
            w => RecordJson.Write(w, new DirEntry { Key = "a/b"u8.ToArray(), Value = "test"u8.ToArray(), CreateIndex = 10, ModifyIndex = 12 }));
        Expect(
            """{"LockIndex":1,"Key":"\u003c\ufffd","Flags":18446744073709551615,"Value":null,"Session":"s","CreateIndex":0,"ModifyIndex":0}""",
            w => RecordJson.Write(w, new DirEntry { Key = [(byte)'<', 0xff], Value = [], Flags = ulong.MaxValue, LockIndex = 1, Session = "s" }));
    }

    [Fact]
    public void Base64_padding_is_not_escaped() => Expect(
        """{"LockIndex":0,"Key":"k","Flags":0,"Value":"+/8=","CreateIndex":0,"ModifyIndex":0}""",
        w => RecordJson.Write(w, new DirEntry { Key = "k"u8.ToArray(), Value = [0xfb, 0xff] }));

    [Fact]
    public void Session_shows_its_checks() => Expect(
        """{"ID":"i","Name":"","Node":"n1","LockDelay":15000000000,"Behavior":"release","TTL":"10s","NodeChecks":["serfHealth"],"ServiceChecks":[{"ID":"service:web","Namespace":""}],"CreateIndex":25,"ModifyIndex":25}""",
        w => RecordJson.Write(w, new Session
        {
            Id = "i",
            Node = "n1",
            LockDelayNs = 15_000_000_000,
            Behavior = "release",
            Ttl = "10s",
            NodeChecks = ["serfHealth"],
            ServiceChecks = [new SessionServiceCheck("service:web", "")],
            CreateIndex = 25,
            ModifyIndex = 25,
        }));

    private static void Expect(string expected, Action<Utf8JsonWriter> write) => Assert.Equal(expected, GoJsonEncoderTests.Write(write));
}
