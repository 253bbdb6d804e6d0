namespace Consul.Fast.Daemon.Tests.Cli;

public sealed class KvImportTests
{
    [Theory]
    [InlineData("{}", "json: cannot unmarshal object into Go value of type []*impexp.Entry")]
    [InlineData("5", "json: cannot unmarshal number into Go value of type []*impexp.Entry")]
    [InlineData("""["x"]""", "json: cannot unmarshal string into Go value of type impexp.Entry")]
    [InlineData("[null]", "json: cannot unmarshal null into Go value of type impexp.Entry")]
    [InlineData("""[{"key":5}]""", "json: cannot unmarshal number into Go struct field Entry.key of type string")]
    [InlineData("""[{"key":"k"},{"flags":"1"}]""", "json: cannot unmarshal string into Go struct field Entry.flags of type uint64")]
    [InlineData("""[{"key":"k","flags":-1}]""", "json: cannot unmarshal number -1 into Go struct field Entry.flags of type uint64")]
    [InlineData("""[{"key":"k","value":{}}]""", "json: cannot unmarshal object into Go struct field Entry.value of type string")]
    [InlineData("[] x", "invalid character 'x' after top-level value")]
    [InlineData("[", "unexpected end of JSON input")]
    public async Task Import_writes_nothing_before_all_of_the_document_is_read(string data, string error)
    {
        using var agent = new StubAgent { Otherwise = (200, "true") };
        Assert.Equal(new CliRun(1, "", $"Cannot unmarshal data: {error}\n"), await agent.Run("kv", "import", data));
        Assert.Empty(agent.Requests);
    }

    [Fact]
    public async Task Import_reads_names_without_regard_to_case_and_decodes_strictly()
    {
        using var agent = new StubAgent { Otherwise = (200, "true") };
        CliRun run = await agent.Run("kv", "import", """[{"KEY":"k","Flags":3,"vaLue":"dg==","other":1},{"key":"n"}]""");
        Assert.Equal(new CliRun(0, "Imported: k\nImported: n\n", ""), run);
        Assert.Equal(["PUT /v1/kv/k?flags=3 v", "PUT /v1/kv/n"], agent.Requests);
        Assert.Equal(new CliRun(0, "", ""), await agent.Run("kv", "import", "null"));
        Assert.Equal(
            "Error base 64 decoding value for key k: illegal base64 data at input byte 3\n",
            (await agent.Run("kv", "import", """[{"key":"k","value":"abc def"}]""")).Error);
    }
}
