using System.Diagnostics;
using System.Globalization;
using System.Net;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;
using Consul.Fast.Tests.Harness;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>The RPC port of the running program: what it takes, what it refuses, and who pays for bad peers.</summary>
public sealed class RpcPortTests(RpcPortTests.PortAgent shared) : IClassFixture<RpcPortTests.PortAgent>
{
    private const int Syns = 100_000;
    private const int SynsPerWrite = 500;
    private const int ListedKeys = 40;
    private const int ListedValue = 500_000;
    private const long Megabyte = 1024 * 1024;
    private static readonly TimeSpan s_handshake = TimeSpan.FromMilliseconds(400);

    private static readonly RpcMethodCall<RpcNothing, RpcNothing> s_ping = new("Status.Ping", RpcCodecs.WriteNothing, RpcCodecs.ReadNothing);

    private readonly Agent _agent = shared.Agent;

    [Theory]
    [InlineData(0x02)]
    [InlineData(0x03)]
    [InlineData(0x06)]
    [InlineData(0x07)]
    [InlineData(0x08)]
    [InlineData(0x09)]
    [InlineData(0x16)]
    [InlineData(0xff)]
    public async Task Mode_that_is_not_served_is_closed_without_a_word(byte mode)
    {
        await using RpcPeer peer = await ConnectAsync(mode);
        await peer.ExpectSilentEndAsync();
    }

    [Theory]
    [InlineData(RpcBytes.Plain, false)]
    [InlineData(RpcBytes.Multiplexed, true)]
    public async Task Mode_that_is_served_answers_calls(byte mode, bool multiplexed)
    {
        await using RpcPeer peer = await ConnectAsync(mode);
        for (int i = 0; i < 3; i++) await peer.PingAsync(multiplexed);
    }

    [Fact]
    public async Task Unknown_snapshot_operation_is_named_as_a_character()
    {
        await using RpcPeer peer = await ConnectAsync([RpcBytes.Snapshot, .. RpcBytes.SnapshotRequest(9)]);
        await peer.ExpectTextAsync("unrecognized snapshot op '\\t'");
        await peer.DrainAsync();
    }

    [Fact]
    public async Task Silent_connection_is_closed_after_the_configured_time_but_not_once_it_has_a_mode()
    {
        await using RpcPeer served = await ConnectAsync(RpcBytes.Multiplexed);
        await using RpcPeer plain = await ConnectAsync(RpcBytes.Plain);
        var watch = Stopwatch.StartNew();
        await using RpcPeer silent = await ConnectAsync();
        await silent.ExpectSilentEndAsync();
        Assert.True(watch.Elapsed > s_handshake / 2, $"closed after {watch.Elapsed.TotalMilliseconds:F0} ms");
        await served.PingAsync();
        await plain.PingAsync(multiplexed: false);
    }

    [Fact]
    public async Task Connections_of_one_client_are_limited_and_a_reload_changes_the_limit()
    {
        using Agent agent = await Agent.StartAsync(new AgentOptions { Config = """{"limits":{"rpc_max_conns_per_client":5}}""" });
        var open = new List<RpcPeer>();
        for (int i = 0; i < 5; i++) open.Add(await PingedAsync(agent));
        await using (RpcPeer sixth = await RpcPeer.ConnectAsync(agent.ServerPort)) await sixth.ExpectSilentEndAsync();
        await Until.True(() => agent.Output.Contains("Closed a connection of a source that has too many"), "the log line");

        File.WriteAllText(agent.ConfigFile, """{"limits":{"rpc_max_conns_per_client":6}}""");
        agent.Send(Signal.Hangup);
        await Until.True(async () => await TryPingAsync(agent) is { } sixth && Add(sixth), "a sixth connection");
        await using (RpcPeer seventh = await RpcPeer.ConnectAsync(agent.ServerPort)) await seventh.ExpectSilentEndAsync();

        await open[0].DisposeAsync();
        open.RemoveAt(0);
        await Until.True(async () => await TryPingAsync(agent) is { } next && Add(next), "the place of the first connection");
        foreach (RpcPeer peer in open)
        {
            await peer.PingAsync();
            await peer.DisposeAsync();
        }

        bool Add(RpcPeer peer)
        {
            open.Add(peer);
            return true;
        }
    }

    [Fact]
    public async Task Call_sent_in_part_harms_nobody()
    {
        await using RpcPeer other = await ConnectAsync(RpcBytes.Multiplexed);
        for (int length = 1; length < RpcBytes.Ping.Length; length++)
        {
            RpcPeer plain = await ConnectAsync([RpcBytes.Plain, .. RpcBytes.Ping[..length]]);
            byte[] call = [.. RpcBytes.Frame(RpcBytes.Data, RpcBytes.Syn, 1, RpcBytes.Ping)];
            RpcPeer multiplexed = await ConnectAsync([RpcBytes.Multiplexed, .. call[..length]]);
            if (length % 2 == 0)
            {
                plain.Abort();
                multiplexed.Abort();
            }

            await plain.DisposeAsync();
            await multiplexed.DisposeAsync();
        }

        await other.PingAsync();
        await using RpcPeer slow = await ConnectAsync(RpcBytes.Plain);
        foreach (byte each in RpcBytes.Ping) await slow.SendAsync([each]);
        Assert.Equal(RpcBytes.Pong, await slow.ReadAsync(RpcBytes.Pong.Length));
    }

    [Fact]
    public async Task Garbage_ends_its_connection_only()
    {
        await using RpcPeer other = await ConnectAsync(RpcBytes.Multiplexed);
        var random = new Random(3);
        foreach (byte mode in (byte[])[RpcBytes.Plain, RpcBytes.Multiplexed, RpcBytes.Snapshot])
        {
            for (int i = 0; i < 50; i++)
            {
                byte[] garbage = new byte[random.Next(1, 5000)];
                random.NextBytes(garbage);
                RpcPeer peer = await ConnectAsync([mode, .. garbage]);
                peer.Abort();
                await peer.DisposeAsync();
            }

            await other.PingAsync();
        }

        // A map of four thousand million pairs, a text as long, and a frame as long.
        foreach (byte[] lie in (byte[][])[
            [RpcBytes.Plain, 0xdf, 0xff, 0xff, 0xff, 0xff],
            [RpcBytes.Plain, 0x82, 0xdb, 0xff, 0xff, 0xff, 0xff],
            [RpcBytes.Multiplexed, 0, RpcBytes.Data, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]])
        {
            await using RpcPeer liar = await ConnectAsync(lie);
            await liar.DrainAsync().WaitAsync(Until.Deadline);
        }

        await other.PingAsync();
    }

    [Fact]
    public async Task Hundred_thousand_streams_of_one_peer_cost_little_and_nobody_else()
    {
        using Agent agent = await Agent.StartAsync();
        await using RpcPeer other = await PingedAsync(agent);
        long before = MemoryOf(agent);
        await using RpcPeer flood = await RpcPeer.ConnectAsync(agent.ServerPort, RpcBytes.Multiplexed);
        Task draining = flood.DrainAsync();
        TimeSpan longest = TimeSpan.Zero;
        for (uint first = 0; first < Syns; first += SynsPerWrite)
        {
            byte[][] frames = [.. Enumerable.Range(0, SynsPerWrite).Select(
                i => RpcBytes.Frame(RpcBytes.WindowUpdate, RpcBytes.Syn, 2 * (first + (uint)i) + 1))];
            await flood.SendAsync([.. frames.SelectMany(static frame => frame)]);
            var watch = Stopwatch.StartNew();
            await other.PingAsync();
            if (watch.Elapsed > longest) longest = watch.Elapsed;
        }

        long grown = MemoryOf(agent) - before;
        Assert.True(grown < 100 * Megabyte, $"grown by {grown / Megabyte} MB");
        Assert.True(longest < TimeSpan.FromSeconds(5), $"a ping took {longest.TotalSeconds:F1} s");
        await Until.True(() => agent.Output.Contains("yamux: stream refused"), "the log line");
        flood.Abort();
        await draining;
        await other.PingAsync();
    }

    [Fact]
    public async Task Readers_that_do_not_read_hold_up_nobody()
    {
        using Agent agent = await Agent.StartAsync();
        for (int i = 0; i < ListedKeys; i++) (await agent.Api.Put($"/v1/kv/big/{i:D2}", new byte[ListedValue])).Expect(200);
        await using RpcPeer other = await PingedAsync(agent);
        long before = MemoryOf(agent);
        byte[] list = RpcBytes.List("big/");
        var lazy = new List<RpcPeer>();
        for (int i = 0; i < 4; i++)
        {
            lazy.Add(await RpcPeer.ConnectAsync(agent.ServerPort, [RpcBytes.Plain, .. list]));
            lazy.Add(await RpcPeer.ConnectAsync(agent.ServerPort, [RpcBytes.Multiplexed, .. RpcBytes.Frame(RpcBytes.Data, RpcBytes.Syn, 1, list)]));
        }

        // The first byte of each answer says that the rest waits for its reader.
        foreach (RpcPeer peer in lazy) await peer.ReadAsync(1);
        for (int i = 0; i < 200; i++) await other.PingAsync();
        Assert.Equal("true", (await agent.Api.Put("/v1/kv/beside", "x")).Expect(200).Text);
        long grown = MemoryOf(agent) - before;
        Assert.True(grown < 400 * Megabyte, $"grown by {grown / Megabyte} MB");

        // Who reads after all, gets all.
        await lazy[0].ReadAsync(ListedKeys * ListedValue);
        foreach (RpcPeer peer in lazy) peer.Abort();
        await other.PingAsync();
    }

    [Fact]
    public async Task Client_comes_back_after_the_server_was_killed()
    {
        using Agent agent = await Agent.StartAsync();
        using var timers = new TimerWheel();
        await using var pool = new RpcPool(
            new RpcDialer(new TcpDialer()), new RpcPoolSettings { Datacenter = "dc1" }, timers, NullLogger.Instance);
        var server = new RpcServerAddress("dc1", "n1", new IPEndPoint(IPAddress.Loopback, agent.ServerPort), ProtocolVersion: 2);
        for (int round = 0; round < 3; round++)
        {
            RpcResponse<RpcNothing> answer = await pool.CallAsync(server, s_ping, default);
            Assert.True(answer.IsSuccess, answer.Error);
            await agent.KillAsync();
            await Until.True(() => pool.Connections == 0, "the end of the connection");
            Assert.Equal(RpcOutcome.NotSent, (await pool.CallAsync(server, s_ping, default)).Outcome);
            await agent.RestartAsync();
        }

        Assert.True((await pool.CallAsync(server, s_ping, default)).IsSuccess);
    }

    [Fact]
    public async Task Occupied_server_port_is_named()
    {
        using Agent second = Agent.Launch(new AgentOptions { Flags = [$"-server-port={_agent.ServerPort}"], NodeName = "n2" });
        Assert.Equal(1, await second.WaitForExit());
        Assert.Contains(
            "[ERROR] agent: Error starting agent: error=\"Failed to start Consul server: Failed to start RPC layer: "
            + $"listen tcp 127.0.0.1:{_agent.ServerPort}: bind: address already in use\"",
            second.Output.Text,
            StringComparison.Ordinal);
    }

    private Task<RpcPeer> ConnectAsync(params byte[] first) => RpcPeer.ConnectAsync(_agent.ServerPort, first);

    private static async Task<RpcPeer> PingedAsync(Agent agent)
    {
        RpcPeer peer = await RpcPeer.ConnectAsync(agent.ServerPort, RpcBytes.Multiplexed);
        await peer.PingAsync();
        return peer;
    }

    /// <summary>A connection that has been served; null when it was closed instead.</summary>
    private static async Task<RpcPeer?> TryPingAsync(Agent agent)
    {
        RpcPeer peer = await RpcPeer.ConnectAsync(agent.ServerPort);
        try
        {
            await peer.SendAsync([RpcBytes.Multiplexed]);
            await peer.PingAsync();
            return peer;
        }
        catch (IOException)
        {
            await peer.DisposeAsync();
            return null;
        }
    }

    /// <summary>Bytes of memory that the process has now.</summary>
    private static long MemoryOf(Agent agent)
    {
        string line = File.ReadLines($"/proc/{agent.ProcessId}/status").First(static each => each.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>An agent with little patience for silent peers and no limit of their number.</summary>
    public sealed class PortAgent : IAsyncLifetime
    {
        internal Agent Agent { get; private set; } = null!;

        public async Task InitializeAsync() => Agent = await Agent.StartAsync(
            new AgentOptions { Config = """{"limits":{"rpc_handshake_timeout":"400ms","rpc_max_conns_per_client":0}}""" });

        public Task DisposeAsync()
        {
            Agent.Dispose();
            return Task.CompletedTask;
        }
    }
}
