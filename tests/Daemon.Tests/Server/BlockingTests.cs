using System.Diagnostics;

namespace Consul.Fast.Daemon.Tests.Server;

public sealed class BlockingTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Change_of_the_key_wakes_and_others_do_not()
    {
        await _server.PutAsync("/v1/kv/mine", "1");
        ulong index = (await _server.GetAsync("/v1/kv/mine")).Index;
        Task<Reply> watch = _server.GetAsync($"/v1/kv/mine?index={index}&wait=60s");
        await AsleepAsync(1);
        await _server.PutAsync("/v1/kv/other", "1");
        await _server.PutAsync("/v1/kv/mine/below", "1");
        Assert.Equal(1, _server.Store.Watches.Sleeping);
        await _server.PutAsync("/v1/kv/mine", "2");
        Reply woken = await watch.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(woken.Index > index);
        Assert.Equal("Mg==", woken.Json[0].GetProperty("Value").GetString());
    }

    [Fact]
    public async Task Deletion_wakes_with_404()
    {
        await _server.PutAsync("/v1/kv/gone", "1");
        ulong index = (await _server.GetAsync("/v1/kv/gone")).Index;
        Task<Reply> watch = _server.GetAsync($"/v1/kv/gone?index={index}&wait=60s");
        await AsleepAsync(1);
        await _server.DeleteAsync("/v1/kv/gone");
        Reply woken = await watch.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(404, woken.Status);
        Assert.True(woken.Index > index);
    }

    [Fact]
    public async Task Missing_key_keeps_waiting_through_other_writes()
    {
        await _server.PutAsync("/v1/kv/seed", "1");
        ulong index = (await _server.GetAsync("/v1/kv/late")).Index;
        Task<Reply> watch = _server.GetAsync($"/v1/kv/late?index={index}&wait=60s");
        await AsleepAsync(1);
        for (int i = 0; i < 5; i++) await _server.PutAsync("/v1/kv/seed", i.ToString());
        Assert.Equal(1, _server.Store.Watches.Sleeping);
        await _server.PutAsync("/v1/kv/late", "here");
        Assert.Equal(200, (await watch.WaitAsync(TimeSpan.FromSeconds(10))).Status);
    }

    [Fact]
    public async Task Prefix_wakes_by_anything_below()
    {
        await _server.PutAsync("/v1/kv/dir/a", "1");
        ulong index = (await _server.GetAsync("/v1/kv/dir/?recurse")).Index;
        Task<Reply> watch = _server.GetAsync($"/v1/kv/dir/?recurse&index={index}&wait=60s");
        await AsleepAsync(1);
        await _server.PutAsync("/v1/kv/elsewhere", "1");
        Assert.Equal(1, _server.Store.Watches.Sleeping);
        await _server.PutAsync("/v1/kv/dir/b", "1");
        Assert.Equal(2, (await watch.WaitAsync(TimeSpan.FromSeconds(10))).Json.GetArrayLength());
    }

    [Fact]
    public async Task Time_out_answers_the_same_with_the_same_index()
    {
        await _server.PutAsync("/v1/kv/still", "1");
        Reply before = await _server.GetAsync("/v1/kv/still");
        await _server.PutAsync("/v1/kv/other", "1");
        long start = Stopwatch.GetTimestamp();
        Reply after = await _server.GetAsync($"/v1/kv/still?index={before.Index}&wait=0.4s");
        TimeSpan waited = Stopwatch.GetElapsedTime(start);
        Assert.Equal((before.Status, before.Body, before.Index), (after.Status, after.Body, after.Index));
        Assert.True(waited >= TimeSpan.FromMilliseconds(390), $"answered after {waited}");
    }

    [Fact]
    public async Task Older_or_zero_index_answers_at_once()
    {
        await _server.PutAsync("/v1/kv/now", "1");
        ulong index = (await _server.GetAsync("/v1/kv/now")).Index;
        Assert.Equal(200, (await _server.GetAsync($"/v1/kv/now?index={index - 1}&wait=60s").WaitAsync(TimeSpan.FromSeconds(10))).Status);
        Assert.Equal(200, (await _server.GetAsync("/v1/kv/now?index=0&wait=60s").WaitAsync(TimeSpan.FromSeconds(10))).Status);
        Assert.Equal(200, (await _server.GetAsync("/v1/kv/now?index=&wait=60s").WaitAsync(TimeSpan.FromSeconds(10))).Status);
    }

    [Fact]
    public async Task Client_that_leaves_ends_its_wait()
    {
        await _server.PutAsync("/v1/kv/left", "1");
        ulong index = (await _server.GetAsync("/v1/kv/left")).Index;
        using (System.Net.Sockets.Socket socket = await _server.Http.ConnectAsync())
        {
            await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes($"GET /v1/kv/left?index={index} HTTP/1.1\r\nHost: x\r\n\r\n"));
            await AsleepAsync(1);
        }

        await AsleepAsync(0);
    }

    [Fact]
    public async Task Thousand_waits_end_by_one_write()
    {
        await _server.PutAsync("/v1/kv/shared", "1");
        ulong index = (await _server.GetAsync("/v1/kv/shared")).Index;
        _server.Http.Server.Reload(new Daemon.Http.HttpOptions { MaxConnectionsPerClient = 0, Datacenter = "dc1", NodeName = "n1" });
        Task<Reply>[] watches = [.. Enumerable.Range(0, 1000).Select(_ => _server.GetAsync($"/v1/kv/shared?index={index}&wait=60s"))];
        await AsleepAsync(1000);
        await _server.PutAsync("/v1/kv/shared", "2");
        foreach (Reply reply in await Task.WhenAll(watches).WaitAsync(TimeSpan.FromSeconds(20))) Assert.True(reply.Index > index);
    }

    [Fact]
    public async Task Consistent_wait_fails_when_leadership_is_lost()
    {
        await _server.PutAsync("/v1/kv/strict", "1");
        ulong index = (await _server.GetAsync("/v1/kv/strict")).Index;
        Task<Reply> watch = _server.GetAsync($"/v1/kv/strict?consistent&index={index}&wait=60s");
        await AsleepAsync(1);
        _server.Raft.VerifyError = "node is not the leader";
        await _server.PutAsync("/v1/kv/strict", "2");
        Reply failed = await watch.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((500, "node is not the leader"), (failed.Status, failed.Body));
    }

    [Fact]
    public async Task Session_lists_wait_for_sessions()
    {
        ulong index = (await _server.GetAsync("/v1/session/list")).Index;
        Task<Reply> watch = _server.GetAsync($"/v1/session/list?index={index}&wait=60s");
        await AsleepAsync(1);
        await _server.PutAsync("/v1/kv/x", "1");
        Assert.Equal(1, _server.Store.Watches.Sleeping);
        await _server.CreateSessionAsync();
        Assert.Equal(1, (await watch.WaitAsync(TimeSpan.FromSeconds(10))).Json.GetArrayLength());
    }

    private async Task AsleepAsync(int count)
    {
        long start = Stopwatch.GetTimestamp();
        while (_server.Store.Watches.Sleeping != count)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20), $"{_server.Store.Watches.Sleeping} instead of {count} queries sleep");
            await Task.Delay(10);
        }
    }
}
