using System.Net.Sockets;
using System.Text;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Whatever clients send, the agent answers it and goes on.</summary>
public sealed class RobustnessTests(RobustnessTests.WideAgent wide) : IClassFixture<RobustnessTests.WideAgent>
{
    private const int IdleConnections = 2000;

    private readonly Agent _agent = wide.Agent;

    [Fact]
    public async Task Value_above_the_limit_is_refused_and_at_the_limit_taken()
    {
        const string text = "Request body(524289 bytes) too large, max size: 524288 bytes. "
            + "See https://www.consul.io/docs/agent/options.html#kv_max_value_size.";
        Assert.Equal(text, (await _agent.Api.Put("/v1/kv/large", new byte[524_289])).Expect(413).Text);
        Assert.Equal("true", (await _agent.Api.Put("/v1/kv/large", new byte[524_288])).Expect(200).Text);
    }

    [Fact]
    public async Task Huge_bodies_leave_the_agent_well()
    {
        (await _agent.Api.Put("/v1/txn", new byte[8 * 1024 * 1024])).Expect(413);
        (await _agent.Api.Put("/v1/kv/huge", new byte[64 * 1024 * 1024])).Expect(413);
        Assert.True(await _agent.Api.HasLeader());
    }

    [Theory]
    [InlineData("/v1/txn", "[{", 400, "Failed to parse body: ")]
    [InlineData("/v1/txn", "{\"a\":1}", 400, "Failed to parse body: ")]
    [InlineData("/v1/catalog/register", "{\"Node\":1}", 400, "Request decode failed: ")]
    [InlineData("/v1/catalog/register", "", 400, "Request decode failed: EOF")]
    [InlineData("/v1/catalog/register", "{\"Bogus\":1}", 400, "Request decode failed: json: unknown field \"Bogus\"")]
    [InlineData("/v1/session/create", "{bad", 400, "Request decode failed: invalid character 'b' looking for beginning of object key string")]
    [InlineData("/v1/agent/service/register", "[]", 400, "Request decode failed: ")]
    public async Task Malformed_json_is_explained(string path, string body, int status, string start) =>
        Assert.StartsWith(start, (await _agent.Api.Put(path, body)).Expect(status).Text);

    [Theory]
    [InlineData("GET /v1/kv/%zz HTTP/1.1", "400")]
    [InlineData("GET /v1/kv/x?a=%zz HTTP/1.1", "500")]
    [InlineData("GET /v1/kv/%01 HTTP/1.1", "400")]
    [InlineData("GET /v1/kv/a//b HTTP/1.1", "301")]
    [InlineData("GET /v1/kv/%2Ffoo HTTP/1.1", "301")]
    [InlineData("GET /v1/kv HTTP/1.1", "301")]
    [InlineData("GET /v1/agent/self/ HTTP/1.1", "404")]
    [InlineData("nonsense", "400")]
    public async Task Odd_request_lines_are_answered(string line, string status)
    {
        string answer = await Raw($"{line}\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.True(await _agent.Api.HasLeader());
    }

    [Fact]
    public async Task Http_1_0_is_answered() => Assert.Contains(" 200 ", await Raw("GET /v1/status/leader HTTP/1.0\r\n\r\n"));

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        string answer = await Raw("GET /v1/kv/none-1 HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/status/leader HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404 ", answer);
        Assert.Contains("HTTP/1.1 200 ", answer);
    }

    [Fact]
    public async Task Requests_cut_in_the_middle_do_no_harm()
    {
        foreach (string start in (string[])["PUT /v1/kv/half HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly some", "GET /v1/kv", "PUT /v1/txn HT"])
        {
            for (int i = 0; i < 50; i++)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync("127.0.0.1", _agent.HttpPort);
                await socket.SendAsync(Encoding.ASCII.GetBytes(start));
                if (i % 2 == 0) socket.LingerState = new LingerOption(true, 0);
            }
        }

        (await _agent.Api.Get("/v1/kv/half")).Expect(404);
    }

    [Fact]
    public async Task Idle_connections_leave_room_for_others()
    {
        var idle = new List<Socket>();
        try
        {
            for (int i = 0; i < IdleConnections; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                idle.Add(socket);
                await socket.ConnectAsync("127.0.0.1", _agent.HttpPort);
                if (i % 2 == 0) await socket.SendAsync("GET /v1/kv/idle HTTP/1.1\r\n"u8.ToArray());
            }

            using var api = new Api($"http://{_agent.HttpAddress}");
            for (int i = 0; i < 100; i++) Assert.Equal("true", (await api.Put($"/v1/kv/beside/{i}", "x")).Expect(200).Text);
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }

        Assert.True(await _agent.Api.HasLeader());
    }

    [Fact]
    public async Task Connections_of_one_client_are_limited()
    {
        using Agent agent = await Agent.StartAsync(new AgentOptions { Config = """{"limits":{"http_max_conns_per_client":20}}""" });
        var sockets = new List<Socket>();
        try
        {
            string answer = "";
            for (int i = 0; i < 25 && answer.Length == 0; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 300 };
                sockets.Add(socket);
                await socket.ConnectAsync("127.0.0.1", agent.HttpPort);
                answer = await ReadSome(socket);
            }

            Assert.Equal("HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\nContent-Length: 81\r\nConnection: close\r\n\r\n"
                + "Your IP is issuing too many concurrent connections, please rate limit your calls\n", answer);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }

        await Until.True(agent.Api.HasLeader, "an answer once the connections are gone");
    }

    [Fact]
    public async Task Aborted_watches_are_forgotten()
    {
        ulong index = (await _agent.Api.Get("/v1/kv/abort")).Expect(404).Index;
        for (int i = 0; i < 200; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", _agent.HttpPort);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /v1/kv/abort?index={index}&wait=5m HTTP/1.1\r\nHost: x\r\n\r\n"));
        }

        Assert.Equal("true", (await _agent.Api.Put("/v1/kv/abort", "x")).Text);
        Assert.True(await _agent.Api.HasLeader());
    }

    private async Task<string> Raw(string request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", _agent.HttpPort);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>What the agent says unasked; empty when it says nothing for a moment.</summary>
    private static async Task<string> ReadSome(Socket socket)
    {
        using var text = new MemoryStream();
        byte[] buffer = new byte[1024];
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(), timeout.Token) is var read and > 0) text.Write(buffer, 0, read);
        }
        catch (Exception quiet) when (quiet is OperationCanceledException or SocketException)
        {
            // Nothing more to read.
        }

        return Encoding.ASCII.GetString(text.ToArray());
    }

    /// <summary>An agent that lets one client open as many connections as it likes.</summary>
    public sealed class WideAgent : IAsyncLifetime
    {
        internal Agent Agent { get; private set; } = null!;

        public async Task InitializeAsync() =>
            Agent = await Agent.StartAsync(new AgentOptions { Config = """{"limits":{"http_max_conns_per_client":0}}""" });

        public Task DisposeAsync()
        {
            Agent.Dispose();
            return Task.CompletedTask;
        }
    }
}
