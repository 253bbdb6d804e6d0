using System.Text.Json;

namespace Consul.Fast.Daemon.Tests.Cli;

public sealed class ServicesCommandTests
{
    [Fact]
    public async Task Register_sends_what_the_flags_say()
    {
        using StubAgent agent = new StubAgent().Answer("PUT /v1/agent/service/register", "");
        CliRun run = await agent.Run("services", "register", "-name=web", "-id=web1", "-port=80", "-tag=a", "-tag=b", "-meta=k=v",
            "-tagged-address=lan=10.0.0.1:80");
        Assert.Equal(new CliRun(0, "Registered service: web\n", ""), run);
        Assert.Equal("PUT /v1/agent/service/register {\"ID\":\"web1\",\"Name\":\"web\",\"Tags\":[\"a\",\"b\"],\"Port\":80,"
            + "\"TaggedAddresses\":{\"lan\":{\"Address\":\"10.0.0.1\",\"Port\":80}},\"Meta\":{\"k\":\"v\"}}", Assert.Single(agent.Requests));
    }

    [Fact]
    public async Task Register_reads_files()
    {
        using StubAgent agent = new StubAgent().Answer("PUT /v1/agent/service/register", "").Answer("PUT /v1/agent/service/deregister/web", "");
        string file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "web.hcl");
        await File.WriteAllTextAsync(file, """
            service {
              name = "web"
              port = 80
              check {
                http     = "http://127.0.0.1/"
                interval = "10s"
                header   = { "X-A" = ["1", "2"] }
              }
            }
            """);
        Assert.Equal("Registered service: web\n", (await agent.Run("services", "register", file)).Out);
        using (JsonDocument body = JsonDocument.Parse(agent.Requests[0]["PUT /v1/agent/service/register ".Length..]))
        {
            JsonElement check = body.RootElement.GetProperty("Checks")[0];
            Assert.Equal("10s", check.GetProperty("Interval").GetString());
            Assert.Equal("2", check.GetProperty("Header").GetProperty("X-A")[1].GetString());
        }

        Assert.Equal("Deregistered service: web\n", (await agent.Run("services", "deregister", file)).Out);
    }

    [Theory]
    [InlineData("services register", "Service registration requires at least one argument or flags.\n")]
    [InlineData("services register -name=a file", "Service registration requires arguments or -id, not both.\n")]
    [InlineData("services register -name=a -tagged-address=lan=x", "Invalid Tagged Address: address x: missing port in address\n")]
    [InlineData("services deregister", "Service deregistration requires at least one argument or -id.\n")]
    [InlineData("services deregister -id=a file", "Service deregistration requires arguments or -id, not both.\n")]
    public async Task Wrong_calls_are_explained(string line, string error) =>
        Assert.Equal(new CliRun(1, "", error), await CliRun.Of(line.Split(' ')));

    [Fact]
    public async Task Faults_of_the_agent_and_of_files_are_shown()
    {
        using StubAgent agent = new StubAgent().Answer("PUT /v1/agent/service/register", "Missing service name", 400);
        Assert.Equal("Error registering service \"x\": Unexpected response code: 400 (Missing service name)\n",
            (await agent.Run("services", "register", "-name=x")).Error);
        string file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "f.json");
        await File.WriteAllTextAsync(file, """{"bogus":1}""");
        CliRun wrong = await agent.Run("services", "register", file);
        Assert.Equal(1, wrong.Exit);
        Assert.StartsWith("Error: failed to parse ", wrong.Error);
    }
}
