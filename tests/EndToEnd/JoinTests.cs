using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>How agents find their pools, and how keys protect these. Texts are those of Consul 1.10.</summary>
public sealed class JoinTests
{
    private const string First = "AAECAwQFBgcICQoLDA0ODw==";
    private const string Second = "AAAAAAAAAAAAAAAAAAAAAA==";
    private const string Warning = "keyring doesn't include key provided with -encrypt, using keyring: keyring=";

    [Fact]
    public async Task Retry_join_reaches_a_server_that_starts_later()
    {
        int port = Ports.Free();
        using Agent client = Client("c1", """{"retry_interval":"50ms"}""", $"-retry-join=127.0.0.1:{port}");
        await Until.True(() => client.Output.Contains("Join cluster failed, will retry: cluster=LAN retry_interval=50ms error=\"1 error occurred:\n\t* Failed to join 127.0.0.1:"), "a failed attempt");
        Assert.Contains($"(LAN) joining: lan_addresses=[127.0.0.1:{port}]\n", client.Output.Text);
        using Agent server = await Agent.StartAsync(new AgentOptions { Flags = [$"-serf-lan-port={port}"] });
        await UntilKnows(client, "the server among the client's members", "c1", "n1");
        await UntilKnows(server, "the client among the server's members", "c1", "n1");
        await Until.True(() => client.Output.Contains("Join cluster completed. Synced with initial agents: cluster=LAN num_agents=1"), "the line about the join");
        Assert.Contains("(LAN) joined: number_of_nodes=1\n", client.Output.Text);
    }

    [Fact]
    public async Task Exhausted_retries_end_the_agent()
    {
        using Agent client = Client("c1", """{"retry_interval":"1ms","retry_max":2}""", $"-retry-join=127.0.0.1:{Ports.Free()}");
        Assert.Equal(1, await client.WaitForExit());
        Assert.Contains("Retry join failed: error=\"agent: max join LAN retry exhausted, exiting\"\n", client.Output.Text);
        Assert.Equal(3, client.Output.Text.Split("(LAN) couldn't join").Length - 1);
        Assert.Contains("Exit code: code=1", client.Output.Text);
    }

    [Fact]
    public async Task Retries_do_not_hold_up_the_end()
    {
        using Agent client = Client("c1", "{}", $"-retry-join=127.0.0.1:{Ports.Free()}", "-retry-join=provider=aws tag_key=k");
        await Until.True(() => client.Output.Contains("Join cluster failed, will retry: cluster=LAN retry_interval=30s"), "a failed attempt");
        Assert.Contains("Cannot discover address: cluster=LAN address=\"provider=aws tag_key=k\" error=\"discover: provider aws is not supported", client.Output.Text);
        await Until.True(() => client.Output.Contains("Consul agent running!"), "the end of the start");
        client.Send(Signal.Interrupt);
        await client.WaitForExit(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Failure_to_join_at_the_start_ends_the_agent()
    {
        int port = Ports.Free();
        using Agent client = Client("c1", "{}", $"-join=127.0.0.1:{port}", "-join=a b");
        Assert.Equal(1, await client.WaitForExit());
        Assert.Contains(
            $"[ERROR] agent: 2 errors occurred:\n\t* Failed to join 127.0.0.1:{port}: dial tcp 127.0.0.1:{port}: connect: connection refused\n"
            + "\t* Failed to resolve a b: lookup a b: no such host\n", client.Output.Text);
        Assert.DoesNotContain("Consul agent running!", client.Output.Text);
        using Agent wan = Client("c2", "{}", "-join-wan=127.0.0.1");
        Assert.Equal(1, await wan.WaitForExit());
        Assert.Contains("[ERROR] agent: Must be a server to join WAN cluster\n", wan.Output.Text);
    }

    [Fact]
    public async Task Members_join_by_name_and_address_and_refuse_nonsense()
    {
        using Agent server = await Agent.StartAsync();
        using Agent client = Client("c1", "{}");
        await Until.True(() => client.Output.Contains("Consul agent running!"), "the end of the start");
        foreach ((string address, string fault) in ((string, string)[])[
            ("nonsense:x", "Failed to resolve nonsense:x: strconv.ParseUint: parsing \"x\": invalid syntax"),
            ("127.1:1", "Failed to resolve 127.1:1: lookup 127.1: no such host"),
            ("n9/a]:1", "Failed to resolve n9/a]:1: address a]:1: unexpected ']' in address"),
            ("127.0.0.1:1", "Failed to join 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused")])
        {
            Answer answer = await client.Api.Put($"/v1/agent/join/{address}");
            Assert.Equal((500, $"1 error occurred:\n\t* {fault}\n\n"), (answer.Status, answer.Text));
        }

        Assert.Equal((500, "Must be a server to join WAN cluster"), Both(await client.Api.Put("/v1/agent/join/127.0.0.1?wan=1")));
        CommandResult run = await client.Run("join", "127.0.0.1:1", $"localhost:{Text(server.LanPort)}");
        Assert.Equal((0, "Successfully joined cluster by contacting 1 nodes.\n"), (run.Exit, run.Out));
        Assert.StartsWith("Error joining address '127.0.0.1:1': Unexpected response code: 500 (1 error occurred:\n", run.Error);
        await UntilKnows(server, "the client among the server's members", "c1", "n1");
        run = await client.Run("join", $"n1/127.0.0.1:{Text(server.LanPort)}");
        Assert.Equal((0, "Successfully joined cluster by contacting 1 nodes.\n"), (run.Exit, run.Out));
        run = await client.Run("members", "-status=alive");
        Assert.Contains($"n1    127.0.0.1:{Text(server.LanPort)}  alive   server  1.10.12  2         dc1  <all>\n", run.Out);
        Assert.Contains($"c1    127.0.0.1:{Text(client.LanPort)}  alive   client  1.10.12  2         dc1  <default>\n", run.Out);
    }

    [Fact]
    public async Task Servers_of_two_datacenters_join_their_wan_pool()
    {
        using Agent first = await Agent.StartAsync();
        string config = $$"""{"datacenter":"dc2","retry_join_wan":["localhost:{{Text(first.WanPort)}}"]}""";
        using Agent second = await Agent.StartAsync(new AgentOptions { NodeName = "n2", Config = config });
        await UntilKnows(first, "both servers in the WAN pool of the first", "?wan=1", "n1.dc1", "n2.dc2");
        await Until.True(() => second.Output.Contains("Join cluster completed. Synced with initial agents: cluster=WAN num_agents="), "the line about the join");
        Assert.Contains($"(WAN) joining: wan_addresses=[localhost:{Text(first.WanPort)}]\n", second.Output.Text);
        Assert.Contains($"  alive   server  1.10.12  2         dc2  <all>\n", (await first.Run("members", "-wan")).Out);
        Assert.True(await Knows(first, "n1"));
        using Agent alone = await Agent.StartAsync(new AgentOptions { NodeName = "n3", Flags = ["-serf-wan-port=-1"] });
        Assert.Equal((500, "WAN Federation is disabled"), Both(await alone.Api.Put("/v1/agent/join/127.0.0.1?wan=1")));
    }

    /// <summary>What an agent remembers of its pool counts after a crash, and after a leave only where that is wanted.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Agent_returns_to_its_pool_by_itself(bool crashes, bool rejoins)
    {
        using Agent server = await Agent.StartAsync();
        using Agent client = Client("c1", $$"""{"rejoin_after_leave":{{(rejoins ? "true" : "false")}}}""");
        await Until.True(() => client.Output.Contains("Consul agent running!"), "the end of the start");
        Assert.Equal(0, (await client.Run("join", $"127.0.0.1:{Text(server.LanPort)}")).Exit);
        await UntilKnows(server, "the client among the server's members", "c1", "n1");
        string snapshot = Path.Combine(client.DataDir, "serf", "local.snapshot");
        await Until.True(() => File.ReadAllText(snapshot).Contains("alive: n1 127.0.0.1:", StringComparison.Ordinal), "the server in the snapshot");
        if (crashes) await client.KillAsync();
        else Assert.Equal(new CommandResult(0, "Graceful leave complete\n", ""), await client.Run("leave"));
        await client.WaitForExit();
        client.Start();
        await Until.True(() => client.Output.Contains("Consul agent running!"), "the end of the second start");
        await UntilKnows(client, "the server among the client's members", "c1", "n1");
        await UntilKnows(server, "the client among the server's members again", "c1", "n1");
    }

    [Fact]
    public async Task Readiness_is_told_to_the_service_manager_after_a_join()
    {
        using Agent server = await Agent.StartAsync();
        string path = Path.Combine(Leftovers.NewFolder("notify"), "socket");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        using Agent client = Launch("c1", "{}", new() { ["NOTIFY_SOCKET"] = path }, $"-join=127.0.0.1:{Text(server.LanPort)}");
        byte[] message = new byte[64];
        int length = await socket.ReceiveAsync(message).WaitAsync(Until.Deadline);
        Assert.Equal("READY=1", Encoding.ASCII.GetString(message, 0, length));
    }

    [Fact]
    public async Task Encrypted_pool_takes_who_has_its_key_and_remembers_it()
    {
        using Agent server = await Agent.StartAsync(new AgentOptions { Config = $$"""{"encrypt":"{{First}}"}""" });
        Assert.Contains("Encrypt: Gossip: true", server.Output.Text);
        string file = Path.Combine(server.DataDir, "serf", "local.keyring");
        Assert.Equal($"[\"{First}\"]", await File.ReadAllTextAsync(file));
        Assert.Equal($"[\"{First}\"]", await File.ReadAllTextAsync(Path.Combine(server.DataDir, "serf", "remote.keyring")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        using Agent client = Client("c1", "{}", $"-encrypt={First}", $"-join=127.0.0.1:{Text(server.LanPort)}");
        await UntilKnows(server, "the client among the server's members", "c1", "n1");
        foreach (string key in (string[])["", $"-encrypt={Second}"])
        {
            using Agent stranger = Client("c2", "{}", [.. key.Length == 0 ? [] : new[] { key }, $"-join=127.0.0.1:{Text(server.LanPort)}"]);
            Assert.Equal(1, await stranger.WaitForExit());
            Assert.Contains($"* Failed to join 127.0.0.1:{Text(server.LanPort)}: ", stranger.Output.Text);
        }

        await server.KillAsync();
        await File.WriteAllTextAsync(server.ConfigFile, $$"""{"encrypt":"{{Second}}"}""");
        await server.RestartAsync();
        Assert.Contains($"{Warning}LAN\n", server.Output.Text);
        Assert.Contains($"{Warning}WAN\n", server.Output.Text);
        CommandResult run = await client.Run("join", $"127.0.0.1:{Text(server.LanPort)}");
        Assert.Equal(0, run.Exit);
        await UntilKnows(server, "the client among the members of the restarted server", "c1", "n1");
    }

    [Theory]
    [InlineData("AAAA", "", "[ERROR] agent: Error starting agent: error=\"Failed to configure keyring: Invalid key: key size must be 16, 24 or 32 bytes\"\n")]
    [InlineData("AAA", "", "==> encrypt has invalid key: illegal base64 data at input byte 0\n")]
    [InlineData("", "[]", "[ERROR] agent: Error starting agent: error=\"Failed to configure keyring: no keys present in keyring: FILE\"\n")]
    [InlineData("", "[\"", "[ERROR] agent: Error starting agent: error=\"Failed to configure keyring: unexpected end of JSON input\"\n")]
    public async Task Unusable_key_keeps_the_agent_from_starting(string key, string content, string expected)
    {
        string folder = Leftovers.NewFolder("keys");
        string file = Path.Combine(folder, "serf", "local.keyring");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        if (content.Length > 0) await File.WriteAllTextAsync(file, content);
        using Agent agent = Agent.Launch(new AgentOptions { DataDir = folder, Flags = key.Length > 0 ? [$"-encrypt={key}"] : [] });
        Assert.Equal(1, await agent.WaitForExit());
        Assert.Contains(expected.Replace("FILE", file, StringComparison.Ordinal), agent.Output.Text);
        Assert.Equal(content.Length > 0, File.Exists(file));
    }

    private static Agent Client(string name, string config, params string[] flags) => Launch(name, config, [], flags);

    private static Agent Launch(string name, string config, Dictionary<string, string> environment, params string[] flags)
    {
        string data = Leftovers.NewFolder(name);
        return Agent.Launch(new AgentOptions
        {
            Server = false,
            DataDir = data,
            NodeName = name,
            Config = config,
            Environment = environment,
            Flags = [$"-node={name}", "-bind=127.0.0.1", $"-data-dir={data}", .. flags],
        });
    }

    private static async Task UntilKnows(Agent agent, string what, params string[] names)
    {
        try
        {
            await Until.True(() => Knows(agent, names), what);
        }
        catch (TimeoutException fault)
        {
            throw new TimeoutException($"{fault.Message}\n{(await agent.Run("members")).Out}\n{agent.Output.Text}", fault);
        }
    }

    /// <summary>Whether the agent sees exactly these, all alive.</summary>
    private static async Task<bool> Knows(Agent agent, params string[] names)
    {
        string query = names[0].StartsWith('?') ? names[0] : "";
        if (query.Length > 0) names = names[1..];
        JsonElement members = (await agent.Api.Get($"/v1/agent/members{query}")).Json;
        return members.EnumerateArray().All(static member => member.GetProperty("Status").GetInt32() == 1)
            && members.EnumerateArray().Select(static member => member.GetProperty("Name").GetString()!).Order().SequenceEqual(names);
    }

    private static (int Status, string Text) Both(Answer answer) => (answer.Status, answer.Text);

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
