using System.Text;
using Consul.Fast.Consensus;

namespace Consul.Fast.Daemon.Tests.Server.Forwarding;

/// <summary>Archives that are saved and restored through a follower.</summary>
public sealed class ForwardedSnapshotTests : IAsyncLifetime
{
    private TestServer _leader = null!;
    private TestServer _follower = null!;
    private TestPort _port = null!;

    public async Task InitializeAsync()
    {
        _leader = await TestServer.StartAsync();
        _port = TestPort.Open(_leader.PortServices);
        _follower = await TestServer.StartAsync(name: "n2");
        _follower.Raft.Role = RaftRole.Follower;
        _follower.Raft.LastContact = DateTimeOffset.UtcNow.AddSeconds(-2);
        _follower.Raft.KnownLeader = _follower.Know("n1", _port.Address);
    }

    public async Task DisposeAsync()
    {
        await _follower.DisposeAsync();
        await _port.DisposeAsync();
        await _leader.DisposeAsync();
    }

    [Fact]
    public async Task State_of_the_leader_is_saved_and_restored_through_the_follower()
    {
        await _leader.PutAsync("/v1/kv/kept", "1");
        (byte[] archive, HttpResponseMessage response) = await SaveAsync("");
        using (response)
        {
            Assert.Equal("0", response.Headers.GetValues("X-Consul-Lastcontact").Single());
            Assert.Equal("true", response.Headers.GetValues("X-Consul-Knownleader").Single());
        }

        await _leader.PutAsync("/v1/kv/kept", "2");
        Assert.Equal((200, ""), Both(await _follower.PutAsync("/v1/snapshot", archive)));
        Assert.Equal("1", (await _leader.GetAsync("/v1/kv/kept?raw")).Body);
        Assert.Equal((1, 0), (_leader.Retaken, _follower.Retaken));
    }

    [Fact]
    public async Task Large_archive_passes_through_in_both_directions()
    {
        byte[] noise = new byte[400_000];
        new Random(1).NextBytes(noise);
        for (int i = 0; i < 20; i++) await _leader.PutAsync($"/v1/kv/large/{i}", noise);
        (byte[] archive, HttpResponseMessage response) = await SaveAsync("");
        response.Dispose();
        Assert.True(archive.Length > 20 * noise.Length);
        await _leader.DeleteAsync("/v1/kv/large/?recurse");
        Assert.Equal((200, ""), Both(await _follower.PutAsync("/v1/snapshot", archive)));
        Assert.Equal(20, (await _leader.GetAsync("/v1/kv/large/?keys")).Json.GetArrayLength());
    }

    [Fact]
    public async Task Stale_archive_is_the_followers_own()
    {
        await _leader.PutAsync("/v1/kv/only-there", "1");
        (byte[] archive, HttpResponseMessage response) = await SaveAsync("?stale");
        using (response) Assert.NotEqual("0", response.Headers.GetValues("X-Consul-Lastcontact").Single());
        Assert.Equal((200, ""), Both(await _follower.PutAsync("/v1/snapshot", archive)));
        Assert.Equal(404, (await _leader.GetAsync("/v1/kv/only-there")).Status);
    }

    [Fact]
    public async Task Errors_of_the_leader_come_as_they_are()
    {
        Reply refused = await _follower.PutAsync("/v1/snapshot", Encoding.ASCII.GetBytes("no archive"));
        Assert.Equal(500, refused.Status);
        Assert.StartsWith("failed to decompress snapshot: ", refused.Body, StringComparison.Ordinal);
        _leader.Raft.VerifyError = "not now";
        Assert.Equal((500, "not now"), Both(await _follower.GetAsync("/v1/snapshot")));
        Assert.Equal((500, "stale not allowed for restore"), Both(await _follower.PutAsync("/v1/snapshot?stale", "x")));
    }

    [Fact]
    public async Task Nothing_is_held_while_there_is_no_leader()
    {
        var time = new JumpingTime();
        await using TestServer server = await TestServer.StartAsync(time: time, name: "n2");
        server.Raft.Role = RaftRole.Follower;
        Assert.Equal((500, "No cluster leader"), Both(await server.GetAsync("/v1/snapshot")));
        server.Raft.KnownLeader = "127.0.0.9:8300";
        Assert.Equal((500, "Raft leader not found in server lookup mapping"), Both(await server.GetAsync("/v1/snapshot")));
        await using (TestPort closed = TestPort.Open(_leader.PortServices)) server.Raft.KnownLeader = server.Know("n1", closed.Address);
        Assert.EndsWith("connect: connection refused", (await server.GetAsync("/v1/snapshot")).Body, StringComparison.Ordinal);
        Assert.Equal(0, time.Pauses);
    }

    private async Task<(byte[] Archive, HttpResponseMessage Response)> SaveAsync(string query)
    {
        HttpResponseMessage response = await _follower.Http.Client.GetAsync(new Uri("/v1/snapshot" + query, UriKind.Relative));
        Assert.Equal(200, (int)response.StatusCode);
        return (await response.Content.ReadAsByteArrayAsync(), response);
    }

    private static (int Status, string Body) Both(Reply reply) => (reply.Status, reply.Body);
}
