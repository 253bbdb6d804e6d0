using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Consul.Fast.Daemon.Http;

namespace Consul.Fast.Daemon.Tests.Http;

public sealed class HttpServerTests
{
    [Theory]
    [InlineData(1399, "gzip", false)]
    [InlineData(1400, "gzip", true)]
    [InlineData(100_000, "deflate, gzip;q=0.5", true)]
    [InlineData(100_000, "*", false)]
    [InlineData(100_000, "*;q=0, gzip", true)]
    [InlineData(100_000, "gzip;q=0", false)]
    [InlineData(100_000, "deflate", false)]
    [InlineData(100_000, "", false)]
    public async Task Body_is_compressed_from_a_size_on_when_accepted(int length, string accepted, bool compressed)
    {
        string text = new('x', length);
        await using HttpTestServer server = await HttpTestServer.StartAsync(r => r.Add("/v1/text", "GET", Answer(e => e.Text(200, text))));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/text");
        if (accepted.Length > 0) request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(compressed, response.Content.Headers.ContentEncoding.Contains("gzip"));
        Assert.Equal("Accept-Encoding", response.Headers.Vary.Single());
        if (compressed)
        {
            using var plain = new StreamReader(new GZipStream(new MemoryStream(body), CompressionMode.Decompress));
            Assert.Equal(text, await plain.ReadToEndAsync());
        }
        else
        {
            Assert.Equal(length, response.Content.Headers.ContentLength);
            Assert.Equal(text, Encoding.UTF8.GetString(body));
        }
    }

    [Fact]
    public async Task Connection_above_the_limit_gets_the_fixed_reply()
    {
        var options = new HttpOptions { MaxConnectionsPerClient = 2 };
        await using HttpTestServer server = await HttpTestServer.StartAsync(static _ => { }, options);
        using Socket first = await server.ConnectAsync();
        using Socket second = await server.ConnectAsync();
        Assert.Equal("Consul Agent", (await RoundTripAsync(first)).Body);
        Assert.Equal("Consul Agent", (await RoundTripAsync(second)).Body);
        using (Socket third = await server.ConnectAsync())
        {
            string refusal = Encoding.ASCII.GetString(await HttpTestServer.ReadToEndAsync(third));
            Assert.Equal(
                "HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\nContent-Length: 81\r\nConnection: close\r\n\r\n"
                + "Your IP is issuing too many concurrent connections, please rate limit your calls\n",
                refusal);
        }

        first.Close();
        await Eventually(async () =>
        {
            using Socket again = await server.ConnectAsync();
            return (await RoundTripAsync(again)).Status == 200;
        });
        Assert.Equal("Consul Agent", (await RoundTripAsync(second)).Body);
    }

    [Fact]
    public async Task Connection_in_use_is_never_closed_by_a_timer()
    {
        await using HttpTestServer server = await HttpTestServer.StartAsync(static _ => { });
        using Socket connection = await server.ConnectAsync();
        // The server looks at its time-outs once a second: two looks must pass.
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(2.5);)
            Assert.Equal("Consul Agent", (await RoundTripAsync(connection)).Body);
    }

    [Fact]
    public async Task Limit_changes_on_reload()
    {
        await using HttpTestServer server = await HttpTestServer.StartAsync(static _ => { }, new HttpOptions { MaxConnectionsPerClient = 1 });
        using Socket first = await server.ConnectAsync();
        Assert.Equal(200, (await RoundTripAsync(first)).Status);
        server.Server.Reload(new HttpOptions { MaxConnectionsPerClient = 0 });
        using Socket second = await server.ConnectAsync();
        Assert.Equal(200, (await RoundTripAsync(second)).Status);
    }

    [Fact]
    public async Task Any_text_can_be_in_a_header()
    {
        await using HttpTestServer server = await HttpTestServer.StartAsync(static routes => routes.Add("/v1/echo/", "GET", exchange =>
        {
            exchange.SetHeader("X-Echo", exchange.Argument);
            exchange.Empty();
            return default;
        }), new HttpOptions { DisableUnprintableFilter = true });
        Assert.Equal("a\u00e9 b c\u20ac", (await server.GetRawAsync("/v1/echo/a%C3%A9%0Ab%01c%E2%82%AC%0D%0A")).Header("X-Echo"));
        for (int unit = 1; unit < 256; unit++)
        {
            Assert.Equal(200, (await server.GetRawAsync($"/v1/echo/x%{unit:X2}y")).Status);
        }
    }

    [Fact]
    public async Task Head_above_the_limit_is_431()
    {
        await using HttpTestServer server = await HttpTestServer.StartAsync(static _ => { }, new HttpOptions { MaxHeaderBytes = 1000 });
        Assert.Equal(200, (await server.GetRawAsync("/", "X-Fill: " + new string('x', 4000))).Status);
        Assert.Equal(431, (await server.GetRawAsync("/", "X-Fill: " + new string('x', 6000))).Status);
    }

    [Fact]
    public async Task Configured_headers_are_on_every_handled_reply()
    {
        var options = new HttpOptions { ResponseHeaders = [new("X-Mine", "1")], BlockEndpoints = ["/v1/blocked"], TranslateWanAddresses = true };
        await using HttpTestServer server = await HttpTestServer.StartAsync(
            static r =>
            {
                r.Add("/v1/text", "GET", Answer(static e => e.Text(200, "ok")));
                r.Add("/v1/blocked/", "GET", Answer(static e => e.Text(200, "ok")));
            },
            options);
        foreach (string target in new[] { "/v1/text", "/", "/none", "/v1/blocked/x" })
            Assert.Equal("1", (await server.GetRawAsync(target)).Header("X-Mine"));
        Assert.Equal("1", (await server.SendRawAsync("OPTIONS", "/v1/text")).Header("X-Mine"));
        Assert.Equal("1", (await server.SendRawAsync("PUT", "/v1/text")).Header("X-Mine"));
        Assert.Null((await server.GetRawAsync("/v1/blocked")).Header("X-Mine"));
        Assert.Equal("true", (await server.GetRawAsync("/v1/text")).Header("X-Consul-Translate-Addresses"));
        RawAnswer blocked = await server.SendRawAsync("OPTIONS", "/v1/blocked/x");
        Assert.Equal((403, "Endpoint is blocked by agent configuration"), (blocked.Status, blocked.Body));
    }

    [Theory]
    [InlineData("127.0.0.0/8", 200)]
    [InlineData("10.0.0.0/8", 403)]
    public async Task Writes_are_refused_from_other_networks(string network, int status)
    {
        var options = new HttpOptions { AllowWriteFrom = [IPNetwork.Parse(network)] };
        await using HttpTestServer server = await HttpTestServer.StartAsync(
            static r => r.Add("/v1/text", "GET,PUT", Answer(static e => e.Text(200, "ok"))), options);
        Assert.Equal(200, (await server.GetRawAsync("/v1/text")).Status);
        RawAnswer put = await server.SendRawAsync("PUT", "/v1/text");
        Assert.Equal((status, status == 200 ? "ok" : "Access is restricted"), (put.Status, put.Body));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Unix_socket_replaces_a_file_and_refuses_restricted_writes()
    {
        string path = Path.Combine(Path.GetTempPath(), $"consul-{Guid.NewGuid():N}.sock");
        await File.WriteAllTextAsync(path, "left behind");
        var options = new HttpOptions
        {
            Listeners = [new HttpListenAddress { UnixPath = path, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite }],
            AllowWriteFrom = [IPNetwork.Parse("127.0.0.0/8")],
        };
        await using HttpTestServer server = await HttpTestServer.StartAsync(
            static r => r.Add("/v1/text", "GET,PUT", Answer(static e => e.Text(200, e.RemoteIp))), options);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        Assert.Equal("@", await client.GetStringAsync(new Uri("http://local/v1/text")));
        using HttpResponseMessage put = await client.PutAsync(new Uri("http://local/v1/text"), null);
        Assert.Equal(HttpStatusCode.InternalServerError, put.StatusCode);
        Assert.Equal("unable to parse remote addr: address @: missing port in address", await put.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Failing_handler_costs_only_its_connection()
    {
        await using HttpTestServer server = await HttpTestServer.StartAsync(static r =>
        {
            r.Add("/v1/sync", "GET", static _ => throw new InvalidOperationException("on purpose"));
            r.Add("/v1/async", "GET", static async _ =>
            {
                await Task.Yield();
                throw new InvalidOperationException("on purpose");
            });
        });
        Assert.Equal(0, (await server.GetRawAsync("/v1/sync")).Status);
        Assert.Equal(0, (await server.GetRawAsync("/v1/async")).Status);
        Assert.Equal(200, (await server.GetRawAsync("/")).Status);
    }

    [Fact]
    public async Task Client_that_leaves_cancels_its_wait()
    {
        var cancelled = new TaskCompletionSource();
        await using HttpTestServer server = await HttpTestServer.StartAsync(r => r.Add("/v1/wait", "GET", async e =>
        {
            await Task.Delay(Timeout.Infinite, e.Aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancelled.SetResult();
        }));
        using Socket socket = await server.ConnectAsync();
        await socket.SendAsync("GET /v1/wait HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        socket.Close();
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Answer_to_a_client_that_has_left_is_no_failure()
    {
        var log = new FirstOutcome();
        await using HttpTestServer server = await HttpTestServer.StartAsync(
            static r => r.Add("/v1/wait", "GET", static async e =>
            {
                await Task.Delay(Timeout.Infinite, e.Aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                e.Text(200, "too late");
            }),
            logger: log);
        using Socket socket = await server.ConnectAsync();
        await socket.SendAsync("GET /v1/wait HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        socket.Close();
        Assert.StartsWith("Request finished", await log.Text.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Body_arrives_whole_however_it_is_sent()
    {
        await using HttpTestServer server = await HttpTestServer.StartAsync(static r => r.Add("/v1/echo", "PUT", EchoAsync));
        Assert.Equal("4:abcd", (await server.SendRawAsync("PUT", "/v1/echo", "abcd")).Body);
        Assert.Equal("0:", (await server.SendRawAsync("PUT", "/v1/echo", "", "Content-Length: 0")).Body);
        Assert.Equal("0:", (await server.SendRawAsync("PUT", "/v1/echo")).Body);
        const string Chunked = "PUT /v1/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        Assert.Equal("5:abcde", (await server.ExchangeAsync(Encoding.ASCII.GetBytes(Chunked))).Body);

        using Socket socket = await server.ConnectAsync();
        await socket.SendAsync("PUT /v1/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 6\r\n\r\n"u8.ToArray());
        foreach (char c in "abcdef") await socket.SendAsync(new[] { (byte)c });
        Assert.Equal("6:abcdef", RawAnswer.Parse(await HttpTestServer.ReadToEndAsync(socket)).Body);

        foreach (int length in new[] { 4095, 65_536, 1024 * 1024, (1024 * 1024) + 1, 5_000_000 })
        {
            string body = new('y', length);
            Assert.Equal($"{length}:{body}", (await server.SendRawAsync("PUT", "/v1/echo", body)).Body);
        }
    }

    [Fact]
    public async Task Half_sent_request_does_not_disturb_others()
    {
        await using HttpTestServer server = await HttpTestServer.StartAsync(static r => r.Add("/v1/echo", "PUT", EchoAsync));
        using Socket half = await server.ConnectAsync();
        await half.SendAsync("PUT /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nabc"u8.ToArray());
        using Socket head = await server.ConnectAsync();
        await head.SendAsync("GET / HT"u8.ToArray());
        Assert.Equal("2:ok", (await server.SendRawAsync("PUT", "/v1/echo", "ok")).Body);
        half.Close();
        Assert.Equal("2:ok", (await server.SendRawAsync("PUT", "/v1/echo", "ok")).Body);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        await using HttpTestServer server = await HttpTestServer.StartAsync(static r => r.Add("/v1/kv/", "GET", Answer(static e => e.Text(200, e.Argument))));
        var requests = new StringBuilder();
        for (int i = 0; i < 50; i++) requests.Append("GET /v1/kv/").Append(i).Append(" HTTP/1.1\r\nHost: x\r\n\r\n");
        requests.Append("GET /v1/kv/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        using Socket socket = await server.ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes(requests.ToString()));
        string answers = Encoding.ASCII.GetString(await HttpTestServer.ReadToEndAsync(socket));
        int position = 0;
        for (int i = 0; i < 50; i++)
        {
            position = answers.IndexOf($"\r\n\r\n{i}HTTP/1.1 200", position, StringComparison.Ordinal);
            Assert.True(position >= 0, $"answer {i} is missing");
        }

        Assert.EndsWith("\r\n\r\nlast", answers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Old_protocol_version_is_served()
    {
        await using HttpTestServer server = await HttpTestServer.StartAsync(static _ => { });
        RawAnswer answer = await server.ExchangeAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray());
        Assert.Equal((200, "Consul Agent"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Large_body_is_sent_whole()
    {
        string text = string.Concat(Enumerable.Range(0, 400_000).Select(static i => (char)('a' + (i % 26))));
        await using HttpTestServer server = await HttpTestServer.StartAsync(r => r.Add("/v1/text", "GET", Answer(e => e.Text(200, text))));
        Assert.Equal(text, (await server.GetRawAsync("/v1/text")).Body);
    }

    [Theory]
    [InlineData("x Permission denied y", 403, "x Permission denied y")]
    [InlineData("rpc error making call: ACL not found", 403, "rpc error making call: ACL not found")]
    [InlineData("rpc error: RPC rate limit exceeded", 429, "")]
    [InlineData("Rate limit reached, try again later", 429, "Rate limit reached, try again later")]
    [InlineData("No cluster leader", 500, "No cluster leader")]
    public async Task Error_text_decides_the_status(string error, int status, string body)
    {
        await using HttpTestServer server = await HttpTestServer.StartAsync(r => r.Add("/v1/fail", "GET", Answer(e => e.Error(error))));
        RawAnswer answer = await server.GetRawAsync("/v1/fail");
        Assert.Equal((status, body), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Json_is_indented_on_request()
    {
        await using HttpTestServer server = await HttpTestServer.StartAsync(static r => r.Add("/v1/json", "GET", Answer(static e => e.Json("a<b", static (w, text) =>
        {
            w.WriteStartObject();
            w.WriteString("K"u8, text);
            w.WriteStartArray("L"u8);
            w.WriteEndArray();
            w.WriteEndObject();
        }))));
        RawAnswer compact = await server.GetRawAsync("/v1/json");
        Assert.Equal("""{"K":"a\u003cb","L":[]}""", compact.Body);
        Assert.Equal("application/json", compact.Header("Content-Type"));
        Assert.Equal("{\n    \"K\": \"a\\u003cb\",\n    \"L\": []\n}\n", (await server.GetRawAsync("/v1/json?pretty")).Body);
    }

    private static HttpHandler Answer(Action<HttpExchange> answer) => exchange =>
    {
        answer(exchange);
        return default;
    };

    private static async ValueTask EchoAsync(HttpExchange exchange)
    {
        ReadOnlyMemory<byte> body = await exchange.ReadBodyAsync();
        exchange.Text(200, $"{body.Length}:{Encoding.UTF8.GetString(body.Span)}");
    }

    /// <summary>One small request and answer on a connection that stays open.</summary>
    private static async Task<RawAnswer> RoundTripAsync(Socket socket)
    {
        await socket.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        var buffer = new byte[4096];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        int read = 0;
        while (true)
        {
            int more = await socket.ReceiveAsync(buffer.AsMemory(read), deadline.Token);
            read += more;
            string text = Encoding.ASCII.GetString(buffer, 0, read);
            if (more == 0 || text.EndsWith("Consul Agent", StringComparison.Ordinal)) return RawAnswer.Parse(buffer[..read]);
        }
    }

    private static async Task Eventually(Func<Task<bool>> condition)
    {
        DateTime deadline = DateTime.UtcNow.AddSeconds(10);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "the condition did not come true in time");
            await Task.Delay(20);
        }
    }
}
