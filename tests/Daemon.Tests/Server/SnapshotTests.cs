using System.IO.Compression;
using System.Text;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Server;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Server;

public sealed class SnapshotTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Saved_state_comes_back()
    {
        await _server.PutAsync("/v1/kv/kept", "1");
        string session = await _server.CreateSessionAsync();
        byte[] archive = await SaveAsync();
        await _server.PutAsync("/v1/kv/kept", "2");
        await _server.PutAsync("/v1/kv/later", "x");
        await _server.PutAsync("/v1/session/destroy/" + session);

        Reply restored = await _server.PutAsync("/v1/snapshot", archive);
        Assert.Equal((200, ""), (restored.Status, restored.Body));
        Assert.Equal(1, _server.Retaken);
        Assert.Equal("1", (await _server.GetAsync("/v1/kv/kept?raw")).Body);
        Assert.Equal(404, (await _server.GetAsync("/v1/kv/later")).Status);
        Assert.Equal(1, (await _server.GetAsync("/v1/session/info/" + session)).Json.GetArrayLength());
    }

    [Fact]
    public async Task Save_describes_the_archive()
    {
        using HttpResponseMessage response = await _server.Http.Client.GetAsync(new Uri("/v1/snapshot", UriKind.Relative));
        Assert.Equal("application/x-gzip", response.Content.Headers.ContentType!.ToString());
        Assert.True(ulong.Parse(response.Headers.GetValues("X-Consul-Index").Single()) >= 1);
        Assert.Equal("true", response.Headers.GetValues("X-Consul-Knownleader").Single());
        Assert.Equal("0", response.Headers.GetValues("X-Consul-Lastcontact").Single());
        Assert.Equal("blocking-query", response.Headers.GetValues("X-Consul-Query-Backend").Single());
    }

    [Fact]
    public async Task Archive_is_compressed_again_when_the_client_can()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/snapshot");
        request.Headers.Add("Accept-Encoding", "gzip");
        using HttpResponseMessage response = await _server.Http.Client.SendAsync(request);
        Assert.Equal("gzip", response.Content.Headers.ContentEncoding.Single());
        await using var inner = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var archive = new MemoryStream();
        await inner.CopyToAsync(archive);
        Assert.Equal(200, (await _server.PutAsync("/v1/snapshot", archive.ToArray())).Status);
    }

    [Fact]
    public async Task Restore_wakes_all_waits()
    {
        await _server.PutAsync("/v1/kv/watched", "1");
        byte[] archive = await SaveAsync();
        ulong index = (await _server.GetAsync("/v1/kv/watched")).Index;
        Task<Reply> watch = _server.GetAsync($"/v1/kv/watched?index={index}&wait=60s");
        while (_server.Store.Watches.Sleeping == 0) await Task.Delay(10);
        await _server.PutAsync("/v1/snapshot", archive);
        Assert.Equal(200, (await watch.WaitAsync(TimeSpan.FromSeconds(10))).Status);
    }

    [Fact]
    public async Task Damaged_archives_change_nothing()
    {
        await _server.PutAsync("/v1/kv/k", "1");
        byte[] archive = await SaveAsync();
        byte[] flipped = [.. archive];
        flipped[archive.Length / 2] ^= 0x10;
        foreach (byte[] bad in new[] { "no archive"u8.ToArray(), [], archive[..(archive.Length / 2)], flipped })
        {
            Reply refused = await _server.PutAsync("/v1/snapshot", bad);
            Assert.Equal(500, refused.Status);
            Assert.NotEqual("", refused.Body);
        }

        Assert.StartsWith(
            "failed to decompress snapshot: ", (await _server.PutAsync("/v1/snapshot", Encoding.ASCII.GetBytes("no archive"))).Body, StringComparison.Ordinal);
        Assert.Equal("1", (await _server.GetAsync("/v1/kv/k?raw")).Body);
        Assert.Equal(0, _server.Retaken);
    }

    [Fact]
    public async Task Refusals()
    {
        byte[] archive = await SaveAsync();
        Assert.Equal(200, (await _server.GetAsync("/v1/snapshot?stale&consistent")).Status);
        Assert.Equal((500, "stale not allowed for restore"), Both(await _server.PutAsync("/v1/snapshot?stale", archive)));
        Assert.Equal((500, "No path to datacenter"), Both(await _server.PutAsync("/v1/snapshot?dc=other", archive)));
        Assert.Equal((500, "No path to datacenter"), Both(await _server.GetAsync("/v1/snapshot?dc=other")));
        _server.Raft.VerifyError = "not now";
        Assert.Equal((500, "not now"), Both(await _server.GetAsync("/v1/snapshot")));
        _server.Raft.Role = RaftRole.Follower;
        Assert.Equal((500, "No cluster leader"), Both(await _server.GetAsync("/v1/snapshot")));
        Assert.Equal((500, "No cluster leader"), Both(await _server.PutAsync("/v1/snapshot", archive)));
        Assert.Equal(200, (await _server.GetAsync("/v1/snapshot?stale")).Status);
    }

    [Fact]
    public async Task Temporary_files_that_cannot_be_made_are_told_in_the_known_words()
    {
        byte[] archive = await SaveAsync();
        string missing = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString());
        using var snapshots = new SnapshotService(_server, _server.Gate, _server.Snapshots, missing, static _ => default, NullLogger.Instance);
        Assert.Equal(
            "failed to create snapshot file: no such file or directory", (await snapshots.SaveAsync(new DcSpecificRequest())).Error);
        Assert.Equal(
            "failed to create temp snapshot file: no such file or directory",
            (await snapshots.RestoreAsync(new DcSpecificRequest(), new MemoryStream(archive))).Error);
    }

    private async Task<byte[]> SaveAsync() => await _server.Http.Client.GetByteArrayAsync(new Uri("/v1/snapshot", UriKind.Relative));

    private static (int Status, string Body) Both(Reply reply) => (reply.Status, reply.Body);
}
