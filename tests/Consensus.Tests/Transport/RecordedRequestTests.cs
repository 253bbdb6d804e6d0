using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;
using Consul.Fast.Consensus.Tests.Wire;
using Consul.Fast.Consensus.Transport;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Net.Timers;

namespace Consul.Fast.Consensus.Tests.Transport;

/// <summary>Recorded requests, played over a connection, get the recorded answers byte for byte.</summary>
public sealed class RecordedRequestTests : IAsyncDisposable
{
    private readonly TimerWheel _timers = new();

    public static TheoryData<string> Exchanges => Recorded.Names(Recorded.Exchanges);

    public static TheoryData<string> Errors => Recorded.Names(Recorded.Errors);

    public ValueTask DisposeAsync()
    {
        _timers.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A server that leads in term 2 alone and has 8 entries, as the one that was recorded.</summary>
    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Odd_request_gets_the_recorded_answer(string name)
    {
        Recorded recorded = Recorded.Errors.Single(error => error.Name == name);
        await using LiveServer server = new("a", _timers);
        await server.Node.StartAsync(new ClusterConfiguration([server.Server]));
        await Eventually.TrueAsync(() => server.Leads, "leadership");
        while (server.Node.Status.LastLogIndex < 8) await server.Node.BarrierAsync();
        Assert.Equal((2UL, 8UL), (server.Node.Status.Term, server.Node.Status.LastLogIndex));

        using RawPeer peer = await RawPeer.DialAsync(server.Port.Port);
        await peer.SendAsync(recorded.Request);
        if (recorded.Answer.Length == 0)
        {
            Assert.True(await peer.IsClosedAsync());
            return;
        }

        Assert.Equal(Convert.ToHexString(recorded.Answer), Convert.ToHexString((await peer.AnswerAsync())!));
        // All bytes of the request were taken: the connection goes on.
        await peer.SendAsync(Recorded.Errors[0].Request);
        Assert.Equal(Recorded.Errors[0].Answer, await peer.AnswerAsync());
    }

    /// <summary>What the servers decided is given by hand here; how requests and answers travel is the transport's.</summary>
    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task Exchange_has_the_recorded_bytes(string name)
    {
        Recorded recorded = Recorded.Exchange(name);
        ScriptedInbox inbox = new(recorded);
        await using RaftPort port = new(_timers);
        await using RaftTransport transport = Transports.New(_timers);
        ((IRaftTransport)transport).Start(inbox);
        port.Serve = transport.ServeAsync;

        using RawPeer peer = await RawPeer.DialAsync(port.Port);
        await peer.SendAsync(recorded.Request);
        byte[] state = new byte[inbox.Size];
        new Random(1).NextBytes(state);
        await peer.SendAsync(state);
        Assert.Equal(Convert.ToHexString(recorded.Answer), Convert.ToHexString((await peer.AnswerAsync())!));
        Assert.Equal(state, inbox.State);
    }

    /// <summary>Answers what was recorded.</summary>
    private sealed class ScriptedInbox : IRaftInbox
    {
        private readonly RaftResponse _response;

        public ScriptedInbox(Recorded recorded)
        {
            MsgPackReader reader = new(recorded.Answer);
            Assert.Equal("", reader.ReadString());
            Assert.True(Consensus.Wire.ResponseCodec.TryRead(
                (Consensus.Wire.RaftRpc)recorded.Request[0], recorded.Answer.AsSpan(reader.Consumed), out _response));
            Size = recorded.Name == "install-snapshot" ? 21135 : 0;
        }

        public int Size { get; }

        public byte[] State { get; private set; } = [];

        public void OnRequest(RaftRequest request, IRaftReply reply) => reply.Reply(_response);

        public void OnSnapshot(SnapshotRequest request, Stream state, IRaftReply reply) => _ = ReadAsync(state, reply);

        public void OnResponse(string peerId, RaftRequest request, RaftResponse response) => Assert.Fail("nothing was sent");

        public void OnFailed(string peerId, RaftRequest request) => Assert.Fail("nothing was sent");

        private async Task ReadAsync(Stream state, IRaftReply reply)
        {
            using MemoryStream whole = new();
            await state.CopyToAsync(whole);
            State = whole.ToArray();
            reply.Reply(_response);
        }
    }
}
