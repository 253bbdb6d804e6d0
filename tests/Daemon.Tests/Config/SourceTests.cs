namespace Consul.Fast.Daemon.Tests.Config;

public sealed class SourceTests
{
    [Theory]
    [InlineData("ports { xx = 1 }", "failed to parse source: 1 error occurred:\n\t* invalid config key ports.xx\n\n")]
    [InlineData("services { EnableTagOverrid = true }", "failed to parse source: 1 error occurred:\n\t* invalid config key services[0].EnableTagOverrid\n\n")]
    [InlineData("service \"web\" { }", "failed to parse source: 1 error occurred:\n\t* invalid config key service.web\n\n")]
    [InlineData("server = \"yes\"", "failed to parse source: 1 error(s) decoding:\n\n* 'server' expected type 'bool', got unconvertible type 'string', value: 'yes'")]
    [InlineData("ports = \"x\"", "failed to parse source: 1 error(s) decoding:\n\n* 'ports' expected a map, got 'string'")]
    [InlineData("retry_join = \"x\"", "failed to parse source: 1 error(s) decoding:\n\n* 'retry_join': source data must be an array or slice, got string")]
    [InlineData("node_meta { a = 1 }", "failed to parse source: 1 error(s) decoding:\n\n* 'node_meta[a]' expected type 'string', got unconvertible type 'int', value: '1'")]
    [InlineData("acl { }\nacl { }", "failed to parse source: 1 error(s) decoding:\n\n* 'acl' expected a map, got 'slice'")]
    [InlineData("service { }\nservice { }", "failed to parse source: 1 error(s) decoding:\n\n* 'service' expected a map, got 'slice'")]
    [InlineData("check { script = \"x\" }", "failed to parse source: 1 error occurred:\n\t* invalid config key check.script\n\n")]
    [InlineData("datacenter = true", "failed to parse source: 1 error(s) decoding:\n\n* 'datacenter' expected type 'string', got unconvertible type 'bool', value: 'true'")]
    public void Hcl_fault_is_told_in_the_known_words(string text, string expected) =>
        Assert.Equal(expected, ConfigSetup.ParseRefusal(text));

    [Theory]
    [InlineData("""{"node_meta":{"a":1}}""", "failed to parse source: 1 error(s) decoding:\n\n* 'node_meta[a]' expected type 'string', got unconvertible type 'float64', value: '1'")]
    [InlineData("""{"Data_Center":"x"}""", "failed to parse source: 1 error occurred:\n\t* invalid config key Data_Center\n\n")]
    [InlineData(" \n", "failed to parse source: unexpected end of JSON input")]
    [InlineData("{\"service\":\n", "failed to parse source: unexpected end of JSON input")]
    public void Json_fault_is_told_in_the_known_words(string text, string expected) =>
        Assert.Equal(expected, ConfigSetup.ParseRefusal(text, json: true));

    [Theory]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"server":tru}""")]
    [InlineData("""{"server":true} x""")]
    [InlineData("""[1]""")]
    [InlineData("""{/* c */}""")]
    public void Json_syntax_is_strict(string text) => Assert.StartsWith("failed to parse source: ", ConfigSetup.ParseRefusal(text, json: true), StringComparison.Ordinal);

    [Fact]
    public void Json_keys_match_without_case_and_null_is_unset()
    {
        var source = ConfigSetup.Parse("""{"DATACENTER":"x","server":null,"non_voting_server":true,"ports":{"dns":53.9}}""", json: true);
        Assert.Equal("x", source["datacenter"]);
        Assert.False(source.Has("server"));
        Assert.Equal(true, source["read_replica"]);
        Assert.Equal(53L, ((Daemon.Config.Sources.ConfigObject)source["ports"]!)["dns"]);
    }

    [Fact]
    public void Json_text_in_an_hcl_source_is_read_as_json() => Assert.Equal("x", ConfigSetup.Parse(" \n{\"datacenter\":\"x\"}")["datacenter"]);

    [Fact]
    public void Single_definition_joins_its_list()
    {
        var source = ConfigSetup.Parse("service { name = \"b\" }\nservices { name = \"a\" }\ncheck { name = \"c\" }");
        Assert.Equal(["a", "b"], ((List<object?>)source["services"]!).Cast<Daemon.Config.Sources.ConfigObject>().Select(static s => (string)s["name"]!));
        Assert.Single((List<object?>)source["checks"]!);
        Assert.False(source["service"] is not null);
    }
}
