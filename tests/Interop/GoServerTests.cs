using System.Text;
using Consul.Fast.Daemon.Client;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Tests.Harness;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Interop.Tests;

/// <summary>The client of this agent against a server made of Consul's own transport libraries.</summary>
public sealed class GoServerTests : IAsyncDisposable
{
    private const int LargeValue = 5 * 1024 * 1024;
    private const int CallsAtOnce = 300;
    private static readonly TimeSpan s_hold = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longWait = TimeSpan.FromMinutes(5);

    private readonly TimerWheel _timers = new();
    private readonly TcpDialer _dialer = new();
    private readonly ServerList _servers = new();
    private readonly RpcPoolSettings _settings = new() { Datacenter = "dc1" };
    private readonly RpcPool _pool;
    private readonly RpcServices _services;

    public GoServerTests()
    {
        var dialer = new RpcDialer(_dialer);
        _pool = new RpcPool(dialer, _settings, _timers, NullLogger.Instance);
        var own = new OwnCalls(new RateLimiter(-1, 1, TimeProvider.System), NoMetrics.Instance);
        var caller = new ServerCaller(_pool, _servers, own, s_hold, TimeProvider.System);
        _services = RemoteServices.Create(caller, new RemoteSnapshots(new SnapshotCaller(dialer, "dc1"), _servers, own));
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        _timers.Dispose();
    }

    [PeerFact(GoPrograms.Name)]
    public async Task Status_calls_are_answered_over_one_stream()
    {
        using GoServer server = await StartAsync();
        Assert.Null((await _services.Status.PingAsync()).Error);
        Assert.Equal("10.1.1.1:8300", (await _services.Status.LeaderAsync(new DcSpecificRequest())).Value);
        Assert.Equal(["10.1.1.1:8300", "10.1.1.2:8300"], (await _services.Status.PeersAsync(new DcSpecificRequest())).Value);
        for (int i = 0; i < 50; i++) Assert.Null((await _services.Status.PingAsync()).Error);
        await server.Reached("stream opened", 1);
        Assert.Equal((1, 0), (server.Count("connection opened"), server.Count("stream closed")));
    }

    [PeerTheory(GoPrograms.Name)]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(LargeValue)]
    public async Task Key_comes_back_as_it_was_written(int length)
    {
        using GoServer server = await StartAsync();
        byte[] value = new byte[length];
        new Random(length).NextBytes(value);
        Assert.Null((await _services.Kvs.ApplyAsync(Set("a/b", value))).Error);
        RpcResult<DirEntry?> read = await _services.Kvs.GetAsync(Get("a/b"));
        Assert.Null(read.Error);
        Assert.Equal(new QueryMeta(1, 0L, KnownLeader: true), read.Meta);
        Assert.Equal((42UL, 1UL), (read.Value!.Flags, read.Value.ModifyIndex));
        Assert.Equal(value, read.Value.Value ?? []);
        Assert.Null((await _services.Kvs.GetAsync(Get("none"))).Value);
    }

    [PeerFact(GoPrograms.Name)]
    public async Task Many_calls_at_once_share_a_connection_and_few_streams_stay()
    {
        using GoServer server = await StartAsync();
        Assert.Null((await _services.Kvs.ApplyAsync(Set("k", [1]))).Error);
        RpcResult<DirEntry?>[] answers = await Task.WhenAll(Enumerable.Range(0, CallsAtOnce).Select(
            _ => _services.Kvs.GetAsync(Get("k", TimeSpan.FromMilliseconds(200))).AsTask()));
        Assert.All(answers, static answer => Assert.Equal((null, 1UL), (answer.Error, answer.Value!.ModifyIndex)));
        Assert.Equal(1, server.Count("connection opened"));
        await Until.True(
            () => server.Count("stream opened") - server.Count("stream closed") <= _settings.IdleStreamsMax, "surplus streams to close");
    }

    [PeerFact(GoPrograms.Name)]
    public async Task Waiting_call_holds_up_nobody_and_can_be_given_up()
    {
        using GoServer server = await StartAsync();
        using var cancellation = new CancellationTokenSource();
        KeyRequest request = Get("k", s_longWait);
        request.Cancellation = cancellation.Token;
        Task<RpcResult<DirEntry?>> waiting = _services.Kvs.GetAsync(request).AsTask();
        for (int i = 0; i < 200; i++) Assert.Null((await _services.Status.PingAsync()).Error);
        await server.Reached("stream opened", 2);
        Assert.False(waiting.IsCompleted);
        await cancellation.CancelAsync();
        Assert.Equal("rpc error making call: context canceled", (await waiting.WaitAsync(Until.Deadline)).Error);
        Assert.Null((await _services.Status.PingAsync()).Error);
        Assert.Equal(1, server.Count("connection opened"));
    }

    [PeerFact(GoPrograms.Name)]
    public async Task Refused_call_gives_the_text_and_closes_its_stream()
    {
        using GoServer server = await StartAsync();
        Assert.Null((await _services.Status.PingAsync()).Error);
        Assert.Equal("rpc error making call: Must provide key", (await _services.Kvs.ApplyAsync(Set("", [1]))).Error);
        await server.Reached("stream closed", 1);
        Assert.Null((await _services.Status.PingAsync()).Error);
        await server.Reached("stream opened", 2);
        Assert.Equal(1, server.Count("connection opened"));
    }

    [PeerFact(GoPrograms.Name)]
    public async Task Unknown_methods_are_told_apart_from_unknown_services()
    {
        using GoServer server = await StartAsync();
        Assert.Equal("rpc error making call: rpc: can't find method KVS.List", (await _services.Kvs.ListAsync(Get("k"))).Error);
        Assert.Equal(
            "rpc error making call: rpc: can't find service Catalog.ListNodes",
            (await _services.Catalog.ListNodesAsync(new DcSpecificRequest())).Error);
        await server.Reached("stream closed", 2);
        Assert.Null((await _services.Status.PingAsync()).Error);
        Assert.Equal(1, server.Count("connection opened"));
    }

    [PeerFact(GoPrograms.Name)]
    public async Task Killed_server_ends_its_calls_and_is_dialled_again()
    {
        using GoServer first = await StartAsync();
        Task<RpcResponse<RpcResult<DirEntry?>>> waiting =
            _pool.CallAsync(first.Address, KvsMethods.Get.Call, Get("k", s_longWait)).AsTask();
        await first.Reached("stream opened", 1);
        await first.KillAsync();
        RpcResponse<RpcResult<DirEntry?>> broken = await waiting.WaitAsync(Until.Deadline);
        Assert.Equal(RpcOutcome.Broken, broken.Outcome);
        Assert.StartsWith("rpc error making call: ", broken.Error, StringComparison.Ordinal);
        Assert.True(RpcErrors.IsEofLike(broken.Error!), broken.Error);

        RpcResult<bool> refused = await _services.Status.PingAsync();
        Assert.Equal(
            $"rpc error getting client: failed to get conn: dial tcp {first.Address.EndPoint}: connect: connection refused", refused.Error);
        using GoServer second = await GoServer.StartAsync(first.Address.EndPoint.Port);
        Assert.Null((await _services.Status.PingAsync()).Error);
        await second.Reached("connection opened", 1);
    }

    [PeerFact(GoPrograms.Name)]
    public async Task Plain_connection_carries_one_call_after_the_other()
    {
        using GoServer server = await StartAsync();
        DialResult dialed = await _dialer.DialAsync(server.Address.EndPoint, "dc1", ProtocolMode.Rpc);
        Assert.True(dialed.Succeeded, dialed.Error);
        await using TcpConnection connection = dialed.Connection!;
        for (ulong seq = 7; seq < 10; seq++)
        {
            var writer = new MsgPackWriter(connection.Output);
            writer.WriteMapHeader(2);
            writer.WriteKey("Seq"u8);
            writer.WriteUInt64(seq);
            writer.WriteKey("ServiceMethod"u8);
            writer.WriteString("Status.Leader");
            StatusMethods.Leader.WriteRequest(writer, new DcSpecificRequest());
            await connection.Output.FlushAsync();
            byte[]? header = await MsgPackStream.ReadValueAsync(connection.Input, 1024, CancellationToken.None);
            byte[]? body = await MsgPackStream.ReadValueAsync(connection.Input, 1024, CancellationToken.None);
            Assert.Equal(("", seq), ReadHeader(header!));
            Assert.Equal("10.1.1.1:8300", ReadLeader(body!));
        }

        await server.Reached("stream opened", 1);
    }

    [PeerFact(GoPrograms.Name)]
    public async Task Pool_that_ends_closes_its_connection()
    {
        using GoServer server = await StartAsync();
        Assert.Null((await _services.Status.PingAsync()).Error);
        await _pool.DisposeAsync();
        await server.Reached("stream closed", 1);
    }

    private async Task<GoServer> StartAsync()
    {
        GoServer server = await GoServer.StartAsync();
        _servers.Add(server.Address);
        return server;
    }

    private static KvsRequest Set(string key, byte[] value) => new()
    {
        Datacenter = "dc1",
        Op = "set",
        DirEnt = new DirEntry { Key = Encoding.UTF8.GetBytes(key), Value = value, Flags = 42 },
    };

    private static KeyRequest Get(string key, TimeSpan wait = default) =>
        new() { Datacenter = "dc1", Key = Encoding.UTF8.GetBytes(key), MaxQueryTime = wait };

    private static (string Error, ulong Seq) ReadHeader(byte[] header)
    {
        var reader = new MsgPackReader(header);
        string error = "";
        ulong seq = 0;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Error"u8)) error = reader.ReadString();
            else if (key.SequenceEqual("Seq"u8)) seq = reader.ReadUInt64();
            else reader.Skip();
        }

        Assert.False(reader.Failed);
        return (error, seq);
    }

    private static string ReadLeader(byte[] body)
    {
        var reader = new MsgPackReader(body);
        return StatusMethods.Leader.ReadReply(ref reader).Value;
    }
}
