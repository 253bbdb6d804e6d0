using System.Text;

namespace Consul.Fast.Daemon.Tests.Cli;

public sealed class KvCommandTests
{
    private const string Entry = """
        [{"LockIndex":0,"Key":"a/b","Flags":0,"Value":"aGVsbG8=","CreateIndex":26,"ModifyIndex":26}]
        """;

    [Fact]
    public async Task Get_prints_the_value()
    {
        using StubAgent agent = new StubAgent().Answer("GET /v1/kv/a/b", Entry);
        CliRun run = await agent.Run("kv", "get", "/a/b");
        Assert.Equal(new CliRun(0, "hello\n", ""), run);
    }

    [Fact]
    public async Task Get_writes_bytes_that_are_no_text()
    {
        using StubAgent agent = new StubAgent().Answer("GET /v1/kv/k", """[{"Key":"k","Value":"/wD+"}]""");
        Assert.Equal("\u00ff\u0000\u00fe\n", (await agent.Run("kv", "get", "k")).Out);
        Assert.Equal("/wD+\n", (await agent.Run("kv", "get", "-base64", "k")).Out);
    }

    [Fact]
    public async Task Get_detailed_prints_all_fields()
    {
        using StubAgent agent = new StubAgent().Answer("GET /v1/kv/a/b", Entry);
        CliRun run = await agent.Run("kv", "get", "-detailed", "a/b");
        Assert.Equal("CreateIndex      26\nFlags            0\nKey              a/b\nLockIndex        0\n"
            + "ModifyIndex      26\nSession          -\nValue            hello\n", run.Out);
    }

    [Fact]
    public async Task Get_recursive_and_keys_print_lines()
    {
        using StubAgent agent = new StubAgent()
            .Answer("GET /v1/kv/?recurse=", """[{"Key":"a","Value":"MQ=="},{"Key":"b","Value":null}]""")
            .Answer("GET /v1/kv/?keys=&separator=%2F", """["a","b/"]""");
        Assert.Equal("a:1\nb:\n", (await agent.Run("kv", "get", "-recurse")).Out);
        Assert.Equal("a\nb/\n", (await agent.Run("kv", "get", "-keys")).Out);
    }

    [Fact]
    public async Task Get_of_nothing_is_an_error_for_one_key_only()
    {
        using var agent = new StubAgent();
        Assert.Equal(new CliRun(1, "", "Error! No key exists at: nope\n"), await agent.Run("kv", "get", "nope"));
        Assert.Equal(new CliRun(0, "", ""), await agent.Run("kv", "get", "-recurse", "nope"));
        Assert.Equal(new CliRun(1, "", "Error! Missing KEY argument\n"), await agent.Run("kv", "get"));
        Assert.Equal(new CliRun(1, "", "Too many arguments (expected 1, got 2)\n"), await agent.Run("kv", "get", "a", "b"));
    }

    [Theory]
    [InlineData("", "Error! Failed writing data: ")]
    [InlineData("-cas ", "Error! Did not write to /lead: ")]
    [InlineData("-acquire -session=s ", "Error! Failed writing data: ")]
    public async Task Put_takes_no_key_that_begins_with_a_slash(string flags, string before)
    {
        using var agent = new StubAgent();
        CliRun run = await agent.Run($"kv put {flags}/lead 1".Split(' '));
        Assert.Equal(new CliRun(1, "", before + "Invalid key. Key must not begin with a '/': /lead\n"), run);
    }

    [Fact]
    public async Task Put_leaves_it_to_the_agent_to_refuse_an_empty_key()
    {
        using StubAgent agent = new StubAgent().Answer("PUT /v1/kv/", "Missing key name", 400);
        Assert.Equal(
            new CliRun(1, "", "Error! Failed writing data: Unexpected response code: 400 (Missing key name)\n"), await agent.Run("kv", "put", "", "x"));
    }

    [Fact]
    public async Task Put_sends_data_flags_and_reports()
    {
        using StubAgent agent = new StubAgent()
            .Answer("PUT /v1/kv/k%20%3F?flags=42", "true").Answer("PUT /v1/kv/k?acquire=s", "false")
            .Answer("PUT /v1/kv/k?cas=0", "false").Answer("PUT /v1/kv/k?cas=9", "false").Answer("PUT /v1/kv/k", "Permission denied", 403);
        Assert.Equal(new CliRun(0, "Success! Data written to: k ?\n", ""), await agent.Run("kv", "put", "-flags=42", "k ?", "v"));
        Assert.Equal("PUT /v1/kv/k%20%3F?flags=42 v", agent.Requests[0]);
        Assert.Equal("Error! Did not acquire lock\n", (await agent.Run("kv", "put", "-acquire", "-session=s", "k", "v")).Error);
        Assert.Equal("Error! Missing -session (required with -acquire and -release)\n", (await agent.Run("kv", "put", "-release", "k")).Error);
        Assert.Equal("Error! Did not write to k: CAS performed with index=0 and key already exists.\n",
            (await agent.Run("kv", "put", "-cas", "k", "v")).Error);
        Assert.Equal("Error! Did not write to k: CAS failed\n", (await agent.Run("kv", "put", "-cas", "-modify-index=9", "k", "v")).Error);
        Assert.Equal("Error! Failed writing data: Unexpected response code: 403 (Permission denied)\n", (await agent.Run("kv", "put", "k")).Error);
        Assert.Equal("Error! Too many arguments (expected 1 or 2, got 3)\n", (await agent.Run("kv", "put", "k", "v", "-cas")).Error);
        Assert.Equal("Error! Failed to read file: open nofile: no such file or directory\n", (await agent.Run("kv", "put", "k", "@nofile")).Error);
    }

    [Fact]
    public async Task Put_reads_standard_input_and_base64()
    {
        using StubAgent agent = new StubAgent().Answer("PUT /v1/kv/k", "true");
        await CliRun.Of(["kv", "put", "-http-addr=" + agent.Address, "k", "-"], [], Encoding.UTF8.GetBytes("piped"));
        await agent.Run("kv", "put", "-base64", "k", "aGVsbG8=");
        await agent.Run("kv", "put", "k", "-literal");
        Assert.Equal(["PUT /v1/kv/k piped", "PUT /v1/kv/k hello", "PUT /v1/kv/k -literal"], agent.Requests);
        CliRun bad = await agent.Run("kv", "put", "-base64", "k", "%%%");
        Assert.Equal(new CliRun(1, "", "Error! Cannot base 64 decode data: illegal base64 data at input byte 0\n"), bad);
    }

    [Theory]
    [InlineData("k", "Success! Deleted key: k\n", "")]
    [InlineData("-recurse k", "Success! Deleted keys with prefix: k\n", "")]
    [InlineData("-cas -modify-index=3 k", "", "Error! Did not delete key k: CAS failed\n")]
    [InlineData("-cas k", "", "Cannot delete a key that does not exist. Provide a -modify-index greater than than 0.\n")]
    [InlineData("-modify-index=3 k", "", "Cannot specify -modify-index without -cas!\n")]
    [InlineData("-cas -recurse -modify-index=3 k", "", "Cannot specify both -cas and -recurse!\n")]
    [InlineData("", "", "Error! Missing KEY argument\n")]
    public async Task Delete_reports(string line, string expectedOut, string expectedError)
    {
        using StubAgent agent = new StubAgent()
            .Answer("DELETE /v1/kv/k", "true").Answer("DELETE /v1/kv/k?recurse=", "true").Answer("DELETE /v1/kv/k?cas=3", "false");
        CliRun run = await agent.Run(["kv", "delete", .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(new CliRun(expectedError.Length == 0 ? 0 : 1, expectedOut, expectedError), run);
    }

    [Fact]
    public async Task Export_prints_what_import_reads()
    {
        using StubAgent agent = new StubAgent().Answer("GET /v1/kv/a?recurse=", Entry).Answer("PUT /v1/kv/p/a/b", "true");
        CliRun export = await agent.Run("kv", "export", "a");
        Assert.Equal("[\n\t{\n\t\t\"key\": \"a/b\",\n\t\t\"flags\": 0,\n\t\t\"value\": \"aGVsbG8=\"\n\t}\n]\n", export.Out);
        CliRun import = await agent.Run("kv", "import", "-prefix=p/", export.Out);
        Assert.Equal(new CliRun(0, "Imported: p/a/b\n", ""), import);
        Assert.Equal("PUT /v1/kv/p/a/b hello", agent.Requests[^1]);
        Assert.Equal("[]\n", (await agent.Run("kv", "export", "none")).Out);
        Assert.Equal("Cannot unmarshal data: unexpected end of JSON input\n", (await agent.Run("kv", "import", "[{")).Error);
        Assert.Equal("Error! Empty DATA argument\n", (await agent.Run("kv", "import", "")).Error);
        Assert.StartsWith("Error base 64 decoding value for key x: ", (await agent.Run("kv", "import", """[{"key":"x","value":"%"}]""")).Error);
    }
}
