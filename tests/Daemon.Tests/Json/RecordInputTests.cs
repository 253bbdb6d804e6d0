using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Json;

public class RecordInputTests
{
    [Fact]
    public void Service_survives_a_round_trip()
    {
        const string json = """{"Kind":"connect-proxy","ID":"p","Service":"web-proxy","Tags":["a","b"],"Address":"1.1.1.1","TaggedAddresses":{"lan":{"Address":"2.2.2.2","Port":1}},"Meta":{"k":"v"},"Port":80,"SocketPath":"/s","Weights":{"Passing":3,"Warning":2},"EnableTagOverride":true,"Proxy":{"DestinationServiceName":"web","DestinationServiceID":"web1","LocalServiceAddress":"127.0.0.1","LocalServicePort":81,"LocalServiceSocketPath":"/l","Mode":"transparent","Config":{"a":1,"b":{"c":[true,null,"x"]}},"Upstreams":[{"DestinationType":"service","DestinationName":"db","Datacenter":"dc2","LocalBindAddress":"127.0.0.1","LocalBindPort":9191,"Config":{"x":"y"},"MeshGateway":{"Mode":"local"}}],"MeshGateway":{"Mode":"remote"},"Expose":{"Checks":true,"Paths":[{"ListenerPort":1,"Path":"/x","LocalPathPort":2,"Protocol":"http","ParsedFromCheck":true}]},"TransparentProxy":{"OutboundListenerPort":15001,"DialedDirectly":true}},"Connect":{"Native":true},"CreateIndex":1,"ModifyIndex":2}""";
        NodeService service = Decode(json, RecordInput.NodeService);
        Assert.Equal(json, GoJsonEncoderTests.Write(w => RecordJson.Write(w, service)));
    }

    [Fact]
    public void Check_survives_a_round_trip()
    {
        const string json = """{"Node":"n","CheckID":"c","Name":"Check","Status":"passing","Notes":"n","Output":"o","ServiceID":"s","ServiceName":"sn","ServiceTags":["t"],"Type":"http","Interval":"10s","Timeout":"1s","ExposedPort":5,"Definition":{"Interval":"10s","Timeout":"1s","HTTP":"http://x","Header":{"A":["1"]},"ScriptArgs":["a","b"],"TTL":5},"CreateIndex":1,"ModifyIndex":2}""";
        HealthCheck check = Decode(json, RecordInput.HealthCheck);
        Assert.Equal(json, GoJsonEncoderTests.Write(w => RecordJson.Write(w, check)));
    }

    [Fact]
    public void Node_survives_a_round_trip()
    {
        const string json = """{"ID":"i","Node":"n","Address":"a","Datacenter":"dc1","TaggedAddresses":{"lan":"x"},"Meta":{"m":"y"},"CreateIndex":1,"ModifyIndex":2}""";
        Node node = Decode(json, RecordInput.Node);
        Assert.Equal(json, GoJsonEncoderTests.Write(w => RecordJson.Write(w, node)));
    }

    [Fact]
    public void Proxy_takes_snake_case_spellings()
    {
        ServiceProxy proxy = Decode(
            """{"destination_service_name":"web","local_service_port":8,"mesh_gateway":{"mode":"local"},"upstreams":[{"destination_name":"db","local_bind_port":1}]}""",
            RecordInput.Proxy);
        Assert.Equal(("web", 8, "local"), (proxy.DestinationServiceName, proxy.LocalServicePort, proxy.MeshGatewayMode));
        Assert.Equal(("db", 1), (proxy.Upstreams![0].DestinationName, proxy.Upstreams[0].LocalBindPort));
    }

    [Fact]
    public void Definition_drops_unknown_keys_and_prefers_the_duration_spellings()
    {
        CheckDefinition definition = Decode(
            """{"Script":"old","Interval":"1s","IntervalDuration":"5s","TimeoutDuration":7,"bogus":{"a":1}}""", RecordInput.Definition);
        Assert.Equal((5_000_000_000L, 7L), (definition.IntervalNs, definition.TimeoutNs));
    }

    [Fact]
    public void Connect_drops_unknown_keys() => Assert.True(Decode("""{"native":true,"Whatever":1}""", RecordInput.Connect).Native);

    [Fact]
    public void Free_map_has_a_depth_limit()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"a\":", FreeMap.MaxDepth + 1)) + "1" + new string('}', FreeMap.MaxDepth + 1);
        var fields = new JsonFields(JsonElement.Parse($$"""{"Config":{{deep}}}"""), "T");
        _ = RecordInput.Proxy(fields);
        Assert.Equal("json: exceeded max depth", fields.Finish());
    }

    private static T Decode<T>(string json, Func<JsonFields, T> decode)
    {
        Assert.True(JsonInput.TryParse(Encoding.UTF8.GetBytes(json), out JsonElement root, out string error), error);
        var fields = new JsonFields(root, "T");
        T decoded = decode(fields);
        Assert.Null(fields.Finish());
        return decoded;
    }
}
