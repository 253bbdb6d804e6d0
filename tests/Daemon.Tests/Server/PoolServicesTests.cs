using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Daemon.Tests.Agent.Pools;

namespace Consul.Fast.Daemon.Tests.Server;

/// <summary>What a server does with calls about its pools.</summary>
public sealed class PoolServicesTests
{
    private const string KeyText = "AAECAwQFBgcICQoLDA0ODw==";
    private const string KeyHex = "000102030405060708090A0B0C0D0E0F";

    private readonly FakePool _lan = new();
    private readonly FakePool _wan = new();

    [Fact]
    public async Task Event_is_fired_under_its_prefix()
    {
        await using TestServer server = await TestServer.StartAsync();
        var service = new EventService(_lan, server.Gate);
        RpcResult<bool> fired = await service.FireAsync(new EventFireRequest { Name = "deploy", Payload = [1, 2], AllowStale = true });
        Assert.Null(fired.Error);
        Assert.Equal(new QueryMeta(1, 0, KnownLeader: true), fired.Meta);
        Assert.Equal(["consul:event:deploy"], _lan.Asked);
        Assert.Equal([1, 2], _lan.Payloads[0]);
    }

    [Fact]
    public async Task Refused_event_says_why()
    {
        await using TestServer server = await TestServer.StartAsync();
        var service = new EventService(_lan, server.Gate);
        _lan.Refusal = "user event exceeds configured limit of 512 bytes before encoding";
        Assert.Equal(
            "1 error occurred:\n\t* error broadcasting event to segment \"\": "
                + "user event exceeds configured limit of 512 bytes before encoding\n\n",
            (await service.FireAsync(new EventFireRequest { Name = "e" })).Error);
        Assert.Single(_lan.Asked);
    }

    [Fact]
    public async Task Event_needs_a_leader_unless_any_server_will_do()
    {
        await using TestServer server = await TestServer.StartAsync();
        IInternal service = server.PortServices.Internal;
        Assert.Equal(RpcErrors.NoPathToDatacenter, (await service.EventFireAsync(new EventFireRequest { Datacenter = "dc9" })).Error);
        Assert.Null((await service.EventFireAsync(new EventFireRequest { Name = "e" })).Error);
        server.Raft.Role = Consensus.RaftRole.Follower;
        Assert.Equal(RpcErrors.NoLeader, (await service.EventFireAsync(new EventFireRequest { Name = "e" })).Error);
        Assert.Null((await service.EventFireAsync(new EventFireRequest { Name = "e", AllowStale = true })).Error);
        Assert.Equal(2, server.Lan.Asked.Count);
    }

    [Theory]
    [InlineData("list", "", "list  relay 3")]
    [InlineData("install", KeyText, "install " + KeyHex + " relay 3")]
    [InlineData("use", KeyText, "use " + KeyHex + " relay 3")]
    [InlineData("remove", KeyText, "remove " + KeyHex + " relay 3")]
    // Judged by the members, not here.
    [InlineData("install", "AAEC", "install 000102 relay 3")]
    public async Task Operation_goes_to_the_wan_pool_then_to_the_lan_pool(string operation, string key, string asked)
    {
        using var service = new KeyringService(_lan, _wan, "dc1");
        _lan.Report = FakePool.Of(3, 3, 0);
        RpcResult<IReadOnlyList<KeyringResponse>> result =
            await service.OperateAsync(new KeyringRequest { Operation = operation, Key = key, RelayFactor = 3 });
        Assert.Null(result.Error);
        Assert.Equal([asked], _wan.Asked);
        Assert.Equal([asked], _lan.Asked);
        Assert.Equal([(true, "dc1", "", 1), (false, "dc1", "", 3)], result.Value.Select(static p => (p.Wan, p.Datacenter, p.Error, p.NumNodes)));
        Assert.Equal([new("a2V5", 3)], result.Value[1].Keys);
        Assert.Equal([new("a2V5", 3)], result.Value[1].PrimaryKeys);
        Assert.Equal(default, result.Meta);
    }

    [Fact]
    public async Task Local_and_forwarded_operations_stay_in_the_datacenter()
    {
        using var service = new KeyringService(_lan, _wan, "dc1");
        Assert.False(Assert.Single((await service.OperateAsync(new KeyringRequest { Operation = "list", LocalOnly = true })).Value).Wan);
        Assert.False(Assert.Single((await service.OperateAsync(new KeyringRequest { Operation = "list", Forwarded = true })).Value).Wan);
        Assert.Empty(_wan.Asked);
        using var alone = new KeyringService(_lan, wan: null, "dc1");
        Assert.False(Assert.Single((await alone.OperateAsync(new KeyringRequest { Operation = "list" })).Value).Wan);
    }

    [Fact]
    public async Task Failures_of_members_are_told()
    {
        using var service = new KeyringService(_lan, _wan, "dc1");
        _wan.Report = FakePool.Of(3, 2, 0);
        _lan.Report = FakePool.Of(2, 2, 1, ("n2", "No keyring to modify (encryption not enabled)"));
        IReadOnlyList<KeyringResponse> pools = (await service.OperateAsync(new KeyringRequest { Operation = "use", Key = KeyText })).Value;
        Assert.Equal(["2/3 nodes reported success", "1/2 nodes reported failure"], pools.Select(static p => p.Error));
        Assert.Equal([new("n2", "No keyring to modify (encryption not enabled)")], pools[1].Messages);
    }

    [Fact]
    public async Task What_cannot_be_asked_is_refused()
    {
        using var service = new KeyringService(_lan, _wan, "dc1");
        Assert.Equal("argument error: LocalOnly can only be used for List operations",
            (await service.OperateAsync(new KeyringRequest { Operation = "use", LocalOnly = true })).Error);
        Assert.Equal("Invalid keyring operation", (await service.OperateAsync(new KeyringRequest { Operation = "steal" })).Error);
        IReadOnlyList<KeyringResponse> pools = (await service.OperateAsync(new KeyringRequest { Operation = "install", Key = "AAE*" })).Value;
        Assert.Equal(["illegal base64 data at input byte 3", "illegal base64 data at input byte 3"], pools.Select(static p => p.Error));
        Assert.Equal(0, pools[0].NumNodes);
        Assert.Empty(_lan.Asked);
        _lan.Report = null;
        Assert.Equal("query exceeds limit of 1024 bytes", (await service.OperateAsync(new KeyringRequest { Operation = "list" })).Value[1].Error);
    }

    [Fact]
    public async Task Pool_that_has_stopped_is_told()
    {
        await using TestServer server = await TestServer.StartAsync();
        _lan.Turn = Task.FromCanceled(new CancellationToken(canceled: true));
        var events = new EventService(_lan, server.Gate);
        Assert.Equal("1 error occurred:\n\t* error broadcasting event to segment \"\": the gossip pool has stopped\n\n",
            (await events.FireAsync(new EventFireRequest { Name = "e" })).Error);
        using var service = new KeyringService(_lan, wan: null, "dc1");
        foreach (string operation in (string[])["list", "use", "use"])
        {
            RpcResult<IReadOnlyList<KeyringResponse>> result =
                await service.OperateAsync(new KeyringRequest { Operation = operation, Key = KeyText });
            Assert.Equal("the gossip pool has stopped", Assert.Single(result.Value).Error);
        }
    }

    [Fact]
    public async Task Changes_of_a_pool_take_turns()
    {
        using var service = new KeyringService(_lan, wan: null, "dc1");
        var turn = new TaskCompletionSource();
        _lan.Turn = turn.Task;
        Task first = service.OperateAsync(new KeyringRequest { Operation = "install", Key = KeyText }).AsTask();
        Task second = service.OperateAsync(new KeyringRequest { Operation = "use", Key = KeyText }).AsTask();
        Assert.Equal(["install " + KeyHex + " relay 0"], _lan.Asked);
        turn.SetResult();
        await Task.WhenAll(first, second).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["install " + KeyHex + " relay 0", "use " + KeyHex + " relay 0"], _lan.Asked);
    }
}
