namespace Consul.Fast.Daemon.Tests.Cli;

/// <summary>Whatever a server answers, a command ends with a code and a line, never with an exception.</summary>
public sealed class UnexpectedReplyTests
{
    private static readonly string Archive = Path.Combine(Path.GetTempPath(), $"unexpected-reply-{Environment.ProcessId}.snap");

    private static readonly string[][] Commands =
    [
        ["members"], ["members", "-detailed"], ["info"], ["maint"], ["leave"], ["reload"],
        ["kv", "get", "k"], ["kv", "get", "-recurse", "k"], ["kv", "get", "-detailed", "k"], ["kv", "get", "-keys", "k"],
        ["kv", "put", "k", "v"], ["kv", "put", "-cas", "k", "v"], ["kv", "delete", "k"], ["kv", "export", "k"],
        ["kv", "import", """[{"key":"k","value":"dg=="}]"""],
        ["catalog", "datacenters"], ["catalog", "nodes"], ["catalog", "nodes", "-detailed"], ["catalog", "nodes", "-service=s"],
        ["catalog", "services"], ["catalog", "services", "-tags"], ["catalog", "services", "-node=n"],
        ["services", "register", "-name=s"], ["services", "deregister", "-id=s"], ["operator", "raft", "list-peers"],
        ["operator", "raft", "remove-peer", "-id=a"], ["operator", "autopilot", "get-config"], ["operator", "autopilot", "set-config"],
        ["operator", "autopilot", "state"], ["operator", "autopilot", "state", "-format=json"],
        ["snapshot", "save", Archive],
    ];

    private static readonly string[] Replies =
    [
        "", "null", "[]", "{}", "\"x\"", "5", "true", "[null]", "[{}]", "[[]]", "[5]", "[\"x\"]", """{"a":null}""", """{"a":5}""", """{"a":["b",5]}""",
        """[{"Key":5}]""", """[{"Key":"k","Value":"%"}]""", """[{"Tags":5,"Status":-1}]""", """[{"Port":"x"}]""", """{"Stats":{"a":{"b":5}}}""",
        """{"Services":[5]}""", """{"Servers":{"a":1}}""", """{"Config":[]}""", """[{"Meta":{"a":1}}]""", "\u0000", "[", "{\"a\"", "<html>",
    ];

    [Fact]
    public async Task Every_command_survives_every_reply()
    {
        foreach (string reply in Replies)
        {
            using var agent = new StubAgent { Otherwise = (200, reply) };
            foreach (string[] command in Commands)
            {
                string what = $"{string.Join(' ', command)} <- {reply}";
                CliRun run = await agent.Run(command);
                Assert.True(run.Exit is 0 or 1 or 2, what);
                Assert.True(run.Exit != 1 || run.Error.Length + run.Out.Length > 0, what);
                // The last resort is for faults that nobody thought of.
                Assert.False(run.Error.StartsWith("Error: ", StringComparison.Ordinal), $"{what}: {run.Error}");
            }
        }

        File.Delete(Archive + ".unverified");
    }

    [Theory]
    [InlineData("kv get k", "5", "Error querying Consul agent: json: cannot unmarshal number 5 into Go value of type array\n")]
    [InlineData("kv get k", "[]", "Error! No key exists at: k\n")]
    [InlineData("catalog services", "[1]", "Error listing services: json: cannot unmarshal array into Go value of type object\n")]
    [InlineData("members", "{", "Error retrieving members: unexpected EOF\n")]
    [InlineData("info", "", "Error querying agent: EOF\n")]
    public async Task Reply_of_another_shape_is_the_commands_error(string command, string reply, string error)
    {
        using var agent = new StubAgent { Otherwise = (200, reply) };
        Assert.Equal(new CliRun(1, "", error), await agent.Run(command.Split(' ')));
    }

    [Fact]
    public async Task Services_of_an_unknown_node_are_none()
    {
        using StubAgent agent = new StubAgent().Answer("GET /v1/catalog/node/nope", "null");
        CliRun run = await agent.Run("catalog", "services", "-node=nope");
        Assert.Equal(new CliRun(0, "", "No services match the given query - try expanding your search.\n"), run);
    }
}
