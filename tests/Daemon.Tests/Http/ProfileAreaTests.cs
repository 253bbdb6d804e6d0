using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Daemon.Http.Areas;

namespace Consul.Fast.Daemon.Tests.Http;

public sealed class ProfileAreaTests
{
    [Theory]
    [InlineData("GET", "/debug/pprof/")]
    [InlineData("GET", "/debug/pprof/cmdline")]
    [InlineData("POST", "/debug/pprof/symbol")]
    [InlineData("GET", "/debug/pprof/nope")]
    public async Task Profiles_are_refused_unless_debugging_is_enabled(string method, string path)
    {
        bool debug = false;
        var area = new ProfileArea(() => new AgentConfig { Node = new NodeConfig { EnableDebug = debug } });
        await using HttpTestServer server = await HttpTestServer.StartAsync(area.Map);
        RawAnswer answer = await server.SendRawAsync(method, path);
        Assert.Equal((401, "ACL support disabled", "Accept-Encoding"), (answer.Status, answer.Body, answer.Header("Vary")));
        debug = true;
        Assert.Equal(404, (await server.SendRawAsync(method, path)).Status);
    }

    [Fact]
    public async Task Path_without_its_slash_is_redirected()
    {
        await using HttpTestServer server = await HttpTestServer.StartAsync(new ProfileArea(static () => new AgentConfig()).Map);
        RawAnswer answer = await server.GetRawAsync("/debug/pprof");
        Assert.Equal((301, "/debug/pprof/"), (answer.Status, answer.Header("Location")));
    }
}
