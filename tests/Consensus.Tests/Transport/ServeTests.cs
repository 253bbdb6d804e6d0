using System.Buffers;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;
using Consul.Fast.Consensus.Transport;
using Consul.Fast.Consensus.Wire;
using Consul.Fast.Consensus.Tests.Wire;
using Consul.Fast.Net.Timers;

namespace Consul.Fast.Consensus.Tests.Transport;

/// <summary>Connections of peers that break the rules.</summary>
public sealed class ServeTests : IAsyncDisposable
{
    private readonly TimerWheel _timers = new();
    private readonly CollectingInbox _inbox = new();
    private readonly RaftPort _port;
    private readonly RaftTransport _transport;

    public ServeTests()
    {
        _port = new RaftPort(_timers);
        _transport = Transports.New(_timers);
        ((IRaftTransport)_transport).Start(_inbox);
        _port.Serve = _transport.ServeAsync;
    }

    public static TheoryData<string> Garbage => new()
    {
        "ff", "c1", "0980", "00c1", "00ff", "0001", "00dfffffffff", "00dbffffffff", "00db10000001", "0081db7fffffff",
        "0087a7456e7472696573ddffffffff",
        "0087a7456e7472696573dcffff", "0081a45465726dff", "0081a45465726da161", "01df00ffffff", "0281a453697a65ff", "04db00200000",
    };

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        await _port.DisposeAsync();
        _timers.Dispose();
    }

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_closes_the_connection_without_an_answer(string hex)
    {
        using RawPeer peer = await RawPeer.DialAsync(_port.Port);
        await peer.SendAsync(Convert.FromHexString(hex));
        if (hex.StartsWith("0087", StringComparison.Ordinal) || hex == "00db10000001") peer.ShutdownSend();
        Assert.True(await peer.IsClosedAsync());
        Assert.Empty(_inbox.Requests);
    }

    /// <summary>A length that is only said takes no memory, however many connections say it.</summary>
    [Fact]
    public async Task Announced_bytes_cost_nothing()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        List<RawPeer> peers = [];
        for (int i = 0; i < 50; i++)
        {
            RawPeer peer = await RawPeer.DialAsync(_port.Port);
            await peer.SendAsync(Convert.FromHexString("0081a744617461" + "db0f000000"));
            peers.Add(peer);
        }

        await Eventually.TrueAsync(() => _port.Connections.Count == 50, "the connections");
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 50 * 512 * 1024);
        foreach (RawPeer peer in peers) peer.Dispose();
    }

    [Fact]
    public async Task Answers_before_garbage_are_sent()
    {
        _inbox.Answer = static _ => new VoteResponse(2, Granted: false);
        Recorded vote = Recorded.Exchange("request-vote");
        using RawPeer peer = await RawPeer.DialAsync(_port.Port);
        await peer.SendAsync((byte[])[.. vote.Request, .. vote.Request, 9, 0x80]);
        Assert.NotNull(await peer.AnswerAsync());
        Assert.NotNull(await peer.AnswerAsync());
        Assert.True(await peer.IsClosedAsync());
    }

    [Fact]
    public async Task Request_in_single_bytes_is_understood()
    {
        _inbox.Answer = static _ => new AppendResponse(2, 27, Success: true);
        Recorded recorded = Recorded.Exchange("append-kv-set");
        using RawPeer peer = await RawPeer.DialAsync(_port.Port);
        foreach (byte each in recorded.Request) await peer.SendAsync(new[] { each });
        Assert.Equal(recorded.Answer, await peer.AnswerAsync());
    }

    [Fact]
    public async Task Only_so_many_requests_are_taken_before_their_answers()
    {
        Recorded vote = Recorded.Exchange("request-vote");
        using RawPeer peer = await RawPeer.DialAsync(_port.Port);
        byte[] many = [.. Enumerable.Range(0, 1000).SelectMany(_ => vote.Request)];
        await peer.SendAsync(many);
        await Eventually.TrueAsync(() => _inbox.Requests.Count == 128, "as many as a pipeline holds");
        _inbox.Answer = static _ => new VoteResponse(2, Granted: false);
        foreach ((RaftRequest _, IRaftReply reply) in _inbox.Requests.ToArray()) reply.Reply(new VoteResponse(2, Granted: false));
        for (int i = 0; i < 1000; i++) Assert.NotNull(await peer.AnswerAsync());
        Assert.Equal(1000, _inbox.Requests.Count);
    }

    [Fact]
    public async Task Rest_of_a_refused_snapshot_is_skipped()
    {
        _inbox.Receive = static (_, _) => Task.FromResult<RaftResponse>(new SnapshotResponse(7, Success: false));
        _inbox.Answer = static _ => new VoteResponse(2, Granted: false);
        using RawPeer peer = await RawPeer.DialAsync(_port.Port);
        await peer.SendAsync(Recorded.Exchange("install-snapshot").Request);
        await peer.SendAsync(new byte[21135]);
        await peer.SendAsync(Recorded.Exchange("request-vote").Request);
        Assert.Equal(Bytes(new SnapshotResponse(7, Success: false)), await peer.AnswerAsync());
        Assert.Equal(Bytes(new VoteResponse(2, Granted: false)), await peer.AnswerAsync());
    }

    [Fact]
    public async Task Snapshot_that_breaks_off_is_an_error_of_reading()
    {
        TaskCompletionSource<Exception?> seen = new();
        _inbox.Receive = async (_, state) =>
        {
            seen.SetResult(await Record.ExceptionAsync(() => state.CopyToAsync(Stream.Null)));
            return new SnapshotResponse(2, Success: false);
        };
        using (RawPeer peer = await RawPeer.DialAsync(_port.Port))
        {
            await peer.SendAsync(Recorded.Exchange("install-snapshot").Request);
            await peer.SendAsync(new byte[5000]);
            await Eventually.TrueAsync(() => !_inbox.Requests.IsEmpty, "the snapshot");
        }

        Assert.IsAssignableFrom<IOException>(await seen.Task.WaitAsync(Eventually.Deadline));
    }

    private static byte[] Bytes(RaftResponse response)
    {
        ArrayBufferWriter<byte> output = new();
        ResponseCodec.Write(output, response, null);
        return output.WrittenSpan.ToArray();
    }
}
