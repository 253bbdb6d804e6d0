using System.Text;
using Consul.Fast.Daemon.Http;

namespace Consul.Fast.Daemon.Tests.Http;

public sealed class RoutingTests : IAsyncLifetime
{
    private HttpTestServer _server = null!;

    public async Task InitializeAsync() => _server = await HttpTestServer.StartAsync(Map);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("/v1/kv/a", "kv|a")]
    [InlineData("/v1/kv/", "kv|")]
    [InlineData("/v1/kv/a/b/c/", "kv|a/b/c/")]
    [InlineData("/v1/kv/a%2Fb", "kv|a/b")]
    [InlineData("/v1/kv/a+b", "kv|a+b")]
    [InlineData("/v1/kv/a%20b", "kv|a b")]
    [InlineData("/v1/kv/%C3%A9", "kv|é")]
    [InlineData("/v1/k%76/x", "kv|x")]
    [InlineData("/v1/kv/deep/er", "kv|deep/er")]
    [InlineData("/v1/kv/deep/x/y", "kv|deep/x/y")]
    [InlineData("/v1/agent/self", "self|")]
    [InlineData("/v1/agent/self?x=/v1/kv/", "self|")]
    [InlineData("/v1/agent/check/pass/a", "pass|a")]
    [InlineData("/v1/kv/.hidden", "kv|.hidden")]
    [InlineData("/v1/kv/a..b", "kv|a..b")]
    [InlineData("http://other/v1/kv/abs", "kv|abs")]
    public async Task Path_reaches_the_longest_pattern_with_its_argument(string target, string expected)
    {
        RawAnswer answer = await _server.GetRawAsync(target);
        Assert.Equal(200, answer.Status);
        Assert.Equal(expected, answer.Body);
        Assert.Equal("Accept-Encoding", answer.Header("Vary"));
        Assert.Equal("allow", answer.Header("X-Consul-Default-Acl-Policy"));
        Assert.NotNull(answer.Header("Date"));
        Assert.Null(answer.Header("Server"));
    }

    [Theory]
    [InlineData("/v1/kv", "/v1/kv/")]
    [InlineData("/v1/kv?recurse&x=1", "/v1/kv/?recurse&x=1")]
    [InlineData("/v1/kv/%2Ffoo", "/v1/kv/foo")]
    [InlineData("/v1/kv//foo", "/v1/kv/foo")]
    [InlineData("/v1/kv/a/../b", "/v1/kv/b")]
    [InlineData("/v1/kv/a/./b/", "/v1/kv/a/b/")]
    [InlineData("/v1//kv", "/v1/kv/")]
    [InlineData("/v1/kv/a%2F%2Fb%20c", "/v1/kv/a/b%20c")]
    [InlineData("/../v1/kv/a", "/v1/kv/a")]
    public async Task Path_in_another_form_is_redirected(string target, string location)
    {
        RawAnswer answer = await _server.GetRawAsync(target);
        Assert.Equal(301, answer.Status);
        Assert.Equal(location, answer.Header("Location"));
        Assert.Equal("text/html; charset=utf-8", answer.Header("Content-Type"));
        Assert.Equal($"<a href=\"{location.Replace("&", "&amp;", StringComparison.Ordinal)}\">Moved Permanently</a>.\n\n", answer.Body);
        Assert.Null(answer.Header("Vary"));

        RawAnswer put = await _server.SendRawAsync("PUT", target, "x");
        Assert.Equal(301, put.Status);
        Assert.Equal("", put.Body);
    }

    [Theory]
    [InlineData("/v1/agent/self/")]
    [InlineData("/v1/none")]
    [InlineData("/V1/kv/a")]
    [InlineData("/x")]
    public async Task Unknown_path_is_not_found_without_body(string target)
    {
        RawAnswer answer = await _server.GetRawAsync(target);
        Assert.Equal(404, answer.Status);
        Assert.Equal("", answer.Body);
        Assert.Null(answer.Header("Vary"));
    }

    [Theory]
    [InlineData("/v1/kv/%zz")]
    [InlineData("/v1/kv/%2")]
    [InlineData("/v1/kv/%")]
    public async Task Broken_escape_in_the_path_is_a_bad_request(string target)
    {
        RawAnswer answer = await _server.GetRawAsync(target);
        Assert.Equal(400, answer.Status);
        Assert.Equal("400 Bad Request", answer.Body);
    }

    [Theory]
    [InlineData("/v1/kv/a%01b")]
    [InlineData("/v1/kv/%7F")]
    [InlineData("/v1/kv/%E2%80%8B")]
    [InlineData("/v1/kv/%C2%A0")]
    public async Task Unprintable_path_is_refused_without_body(string target)
    {
        RawAnswer answer = await _server.GetRawAsync(target);
        Assert.Equal(400, answer.Status);
        Assert.Equal("", answer.Body);
        Assert.Null(answer.Header("Vary"));
    }

    [Fact]
    public async Task Argument_bytes_are_not_forced_to_be_text()
    {
        RawAnswer answer = await _server.GetRawAsync("/v1/bytes/%ff%41");
        Assert.Equal("FF41", answer.Body);
    }

    [Fact]
    public async Task Root_names_the_agent()
    {
        RawAnswer answer = await _server.GetRawAsync("/");
        Assert.Equal((200, "Consul Agent"), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("x=%zz")]
    [InlineData("a;b")]
    [InlineData("raw&x=1;y")]
    public async Task Broken_query_is_an_empty_server_error(string query)
    {
        RawAnswer answer = await _server.GetRawAsync("/v1/kv/a?" + query);
        Assert.Equal((500, ""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Wrong_method_names_the_right_ones()
    {
        RawAnswer answer = await _server.SendRawAsync("POST", "/v1/kv/a");
        Assert.Equal((405, "method POST not allowed"), (answer.Status, answer.Body));
        Assert.Equal("OPTIONS,GET,PUT,DELETE", answer.Header("Allow"));
    }

    [Fact]
    public async Task Head_is_refused_without_body()
    {
        RawAnswer answer = await _server.SendRawAsync("HEAD", "/v1/kv/a");
        Assert.Equal((405, ""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Options_lists_methods()
    {
        RawAnswer answer = await _server.SendRawAsync("OPTIONS", "/v1/kv/a");
        Assert.Equal((200, ""), (answer.Status, answer.Body));
        Assert.Equal("OPTIONS,GET,PUT,DELETE", answer.Header("Allow"));
        Assert.Equal("0", answer.Header("Content-Length"));
    }

    [Fact]
    public void Pattern_registered_twice_is_an_error()
    {
        var routes = new RouteTable();
        routes.Add("/v1/x", "GET", static _ => default);
        Assert.Throws<ArgumentException>(() => routes.Add("/v1/x", "GET", static _ => default));
    }

    private static void Map(RouteTable routes)
    {
        routes.Add("/v1/kv/", "GET,PUT,DELETE", Echo("kv"));
        routes.Add("/v1/agent/self", "GET", Echo("self"));
        routes.Add("/v1/agent/check/pass/", "PUT,GET", Echo("pass"));
        routes.Add("/v1/bytes/", "GET", static e =>
        {
            e.Text(200, Convert.ToHexString(e.ArgumentBytes.Span));
            return default;
        });
    }

    private static HttpHandler Echo(string name) => exchange =>
    {
        string bytes = Encoding.UTF8.GetString(exchange.ArgumentBytes.Span);
        string argument = exchange.Route!.IsPrefix ? exchange.Argument : "";
        Assert.Equal(argument, bytes);
        exchange.Text(200, $"{name}|{argument}");
        return default;
    };
}
