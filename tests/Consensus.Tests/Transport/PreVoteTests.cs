using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;
using Consul.Fast.Consensus.Transport;
using Consul.Fast.Consensus.Wire;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Consensus.Tests.Transport;

/// <summary>Pre-votes at peers that do not know them: such a peer closes the connection at the type byte.</summary>
public sealed class PreVoteTests : IAsyncDisposable
{
    private static readonly PreVoteRequest s_question = new(5, "10.0.0.1:8300", 9, 4);

    private readonly TimerWheel _timers = new();
    private readonly CollectingInbox _inbox = new();
    private readonly RaftPort _port;
    private readonly RaftTransport _transport;
    private volatile int _asked;

    public PreVoteTests()
    {
        _port = new RaftPort(_timers, ServeAsKnownPeersDo);
        _transport = Transports.New(_timers);
        ((IRaftTransport)_transport).Start(_inbox);
    }

    [Fact]
    public async Task Peer_without_pre_votes_grants_and_is_not_asked_again()
    {
        for (int i = 1; i <= 3; i++) Assert.Equal(new PreVoteResponse(0, Granted: true), await AskAsync(i));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task Peer_that_cannot_be_reached_grants_nothing()
    {
        await AskAsync(1);
        _port.Serve = static _ => Task.CompletedTask;
        _port.Cut();
        await FailAsync(1);
        // A connection that closes at once proves nothing either.
        await FailAsync(2);
        _port.Serve = ServeAsKnownPeersDo;
        await AskAsync(2);
    }

    [Fact]
    public async Task Peer_that_has_learnt_pre_votes_is_asked_after_its_restart()
    {
        await AskAsync(1);
        await using RaftTransport newer = Transports.New(_timers);
        ((IRaftTransport)newer).Start(new CollectingInbox { Answer = static _ => new PreVoteResponse(8, Granted: false) });
        _port.Serve = static _ => Task.CompletedTask;
        _port.Cut();
        await FailAsync(1);
        _port.Serve = newer.ServeAsync;
        Assert.Equal(new PreVoteResponse(8, Granted: false), await AskAsync(2));
        Assert.Equal(new PreVoteResponse(8, Granted: false), await AskAsync(3));
    }

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        await _port.DisposeAsync();
        _timers.Dispose();
    }

    private void Send() =>
        ((IRaftTransport)_transport).Send(new PeerRequest(new RaftServer(Suffrage.Voter, "p", _port.Address), s_question));

    private async Task<RaftResponse> AskAsync(int answers)
    {
        Send();
        await Eventually.TrueAsync(() => _inbox.Responses.Count == answers, "an answer");
        return _inbox.Responses.Last().Response;
    }

    private async Task FailAsync(int failures)
    {
        Send();
        await Eventually.TrueAsync(() => _inbox.Failures.Count == failures, "a failure");
    }

    private async Task ServeAsKnownPeersDo(TcpConnection connection)
    {
        RpcMessageReader reader = new(connection.Input);
        while (await ReadAsync(connection, reader) is [var type])
        {
            if (type == (byte)RaftRpc.PreVote)
            {
                Interlocked.Increment(ref _asked);
                break;
            }

            byte[] body = (await ReadAsync(connection, reader))!;
            Assert.True(RequestDecoder.TryRead((RaftRpc)type, body, out WireRequest request));
            Assert.False(request.IsSupported);
            ResponseCodec.Write(connection.Output, null, RaftWire.UnsupportedProtocol);
            await connection.Output.FlushAsync();
        }

        reader.Close();
    }

    private static async Task<byte[]?> ReadAsync(TcpConnection connection, RpcMessageReader reader)
    {
        ReadOnlyMemory<byte> value;
        RpcReadStatus status;
        while ((status = reader.Read(1024, out value)) == RpcReadStatus.NeedMore) reader.Accept(await connection.Input.ReadAsync());
        byte[]? bytes = status == RpcReadStatus.Message ? value.ToArray() : null;
        reader.Release();
        return bytes;
    }
}
