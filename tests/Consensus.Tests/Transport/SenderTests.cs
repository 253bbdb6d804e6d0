using System.Net;
using System.Net.Sockets;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;
using Consul.Fast.Consensus.Tests.Fakes;
using Consul.Fast.Consensus.Transport;
using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.Log;
using CorePeer = Consul.Fast.Consensus.Core.Peer;

namespace Consul.Fast.Consensus.Tests.Transport;

/// <summary>One transport sends, another one receives; the tests stand in for both nodes.</summary>
public sealed class SenderTests : IAsyncDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    private readonly TimerWheel _timers = new();
    private readonly MemoryRaftLog _log = new();
    private readonly FakeSnapshotStore _snapshots = new();
    private readonly CollectingInbox _sender = new();
    private readonly CollectingInbox _receiver = new();
    private readonly RaftPort _port;
    private readonly RaftTransport _receiving;
    private RaftTransport _sending;

    public SenderTests()
    {
        _port = new RaftPort(_timers);
        _receiving = Transports.New(_timers);
        ((IRaftTransport)_receiving).Start(_receiver);
        _port.Serve = _receiving.ServeAsync;
        _sending = NewSender(TimeSpan.FromSeconds(20));
        _receiver.Answer = static request => request switch
        {
            AppendRequest append => new AppendResponse(append.Term, append.PrevIndex, Success: true),
            VoteRequest vote => new VoteResponse(vote.Term, Granted: true),
            PreVoteRequest question => new PreVoteResponse(question.Term - 1, Granted: false),
            _ => new TimeoutNowResponse(0),
        };
    }

    private RaftServer Peer => new(Suffrage.Voter, "p", _port.Address);

    [Fact]
    public async Task Calls_of_each_kind_are_answered_and_connections_used_again()
    {
        VoteRequest vote = new(3, "10.0.0.1:8300", 7, 2, LeadershipTransfer: true);
        PreVoteRequest question = new(3, "10.0.0.1:8300", 7, 2);
        foreach (RaftRequest request in new RaftRequest[] { question, vote, Heartbeat(3), new TimeoutNowRequest(3), question })
        {
            Send(request);
            await AnswersAsync(_sender.Responses.Count + 1);
        }

        Assert.Equal(
            [new PreVoteResponse(2, Granted: false), new VoteResponse(3, Granted: true), new AppendResponse(3, 0, Success: true),
                new TimeoutNowResponse(0), new PreVoteResponse(2, Granted: false)],
            _sender.Responses.Select(static r => r.Response));
        Assert.Equal([question, vote], _receiver.Requests.Take(2).Select(static r => r.Request));
        // A hand-over has one for itself.
        Assert.Equal(2, _port.Connections.Count);
        Assert.Empty(_sender.Failures);
    }

    [Fact]
    public async Task Entries_leave_ahead_of_answers_and_are_answered_in_order()
    {
        _receiver.Answer = static _ => null;
        for (ulong i = 0; i < 50; i++) Send(Entries(i, 4));
        await Eventually.TrueAsync(() => _receiver.Requests.Count == 50, "all requests to arrive before the first answer");
        // Answered in another order, the answers still leave in the order of the requests.
        foreach ((RaftRequest request, IRaftReply reply) in _receiver.Requests.Reverse())
        {
            reply.Reply(new AppendResponse(1, ((AppendRequest)request).PrevIndex, Success: true));
        }

        await AnswersAsync(50);
        IEnumerable<ulong> order = _sender.Responses.Select(static r => ((AppendResponse)r.Response).LastLog);
        Assert.Equal(Enumerable.Range(0, 50).Select(static i => (ulong)i * 4), order);
        Assert.All(_sender.Responses, static r => Assert.Equal(((AppendRequest)r.Request).PrevIndex, ((AppendResponse)r.Response).LastLog));
        AppendRequest first = (AppendRequest)_receiver.Requests.First().Request;
        Assert.Equal([1UL, 2, 3, 4], first.Entries!.Select(static entry => entry.Index));
        Assert.Single(_port.Connections);
    }

    [Fact]
    public async Task Entries_that_are_not_in_memory_come_from_the_log()
    {
        _log.SetHardState(new HardState(1, 0, ""));
        _log.Append(Entries(0, 8).Entries!.ToArray());
        Send(Entries(0, 8) with { Entries = null });
        await AnswersAsync(1);
        Assert.Equal(8, ((AppendRequest)_receiver.Requests.Single().Request).Entries!.Count);
        // Beyond the end, and after a later leader has begun to write.
        Send(Entries(4, 8) with { Entries = null });
        await Eventually.TrueAsync(() => _sender.Failures.Count == 1, "what is not in the log to fail");
        _log.SetHardState(new HardState(2, 0, ""));
        Send(Entries(0, 8) with { Entries = null });
        await Eventually.TrueAsync(() => _sender.Failures.Count == 2, "what is of another term to fail");
        Assert.Single(_port.Connections);
    }

    [Fact]
    public async Task Peer_that_never_answers_fails_every_request_once()
    {
        await RestartAsync(Short);
        _receiver.Answer = static request => request is AppendRequest { Heartbeat: true } ? new AppendResponse(1, 0, Success: true) : null;
        AppendRequest[] sent = [.. Enumerable.Range(0, 200).Select(i => Entries((ulong)i, 1))];
        foreach (AppendRequest request in sent) Send(request);
        Send(Heartbeat(1));
        await AnswersAsync(1);
        await Eventually.TrueAsync(() => _sender.Failures.Count == sent.Length, "all to fail");
        Assert.Equal(sent, _sender.Failures.Select(static f => f.Request));
        Assert.Equal(CorePeer.MaxInflight, _receiver.Requests.Count(static r => r.Request is AppendRequest { Heartbeat: false }));
        // The next one has a new connection.
        _receiver.Answer = static _ => new AppendResponse(1, 0, Success: true);
        Send(Entries(0, 1));
        await AnswersAsync(2);
    }

    [Fact]
    public async Task Cut_connection_fails_what_is_outstanding_and_nothing_else()
    {
        _receiver.Answer = static _ => null;
        for (ulong i = 0; i < 20; i++) Send(Entries(i, 1));
        Send(new VoteRequest(1, "a", 0, 0));
        await Eventually.TrueAsync(() => _receiver.Requests.Count == 21, "the requests");
        _port.Cut();
        // A vote is asked again once: the connection may have been cut for being old.
        await Eventually.TrueAsync(() => _sender.Failures.Count(static f => f.Request is AppendRequest) == 20, "the failures");
        await Eventually.TrueAsync(() => _sender.Failures.Count == 21, "the failed vote");
        Assert.Empty(_sender.Responses);
    }

    [Fact]
    public async Task Heartbeat_passes_entries_that_nobody_takes()
    {
        TaskCompletionSource release = new();
        int connections = 0;
        // The first connection, the one with the entries, is not read at all.
        _port.Serve = connection => Interlocked.Increment(ref connections) == 1 ? release.Task : _receiving.ServeAsync(connection);
        LogEntry[] large = [.. Enumerable.Range(1, 64).Select(i => new LogEntry((ulong)i, 1, EntryType.Command, new byte[512 * 1024]))];
        Send(new AppendRequest(1, "a", 0, 0, large, large.Length, 0));
        await Eventually.TrueAsync(() => _port.Connections.Count == 1, "the connection of the entries");
        for (int i = 1; i <= 5; i++)
        {
            Send(Heartbeat(1));
            await AnswersAsync(i);
        }

        release.SetResult();
    }

    [Fact]
    public async Task Unused_connections_are_closed()
    {
        await RestartAsync(TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(100));
        Send(Heartbeat(1));
        Send(Entries(0, 1));
        await AnswersAsync(2);
        await Eventually.TrueAsync(() => _port.Connections.All(static c => c.CloseReason is not null), "unused connections to close");
        Send(Entries(1, 1));
        Send(Heartbeat(1));
        await AnswersAsync(4);
        Assert.Empty(_sender.Failures);
    }

    /// <summary>A listener that is full lets nobody in, like a host that is gone; the dial does not hold up the next address.</summary>
    [Fact]
    public async Task Dial_to_an_address_that_was_left_is_given_up()
    {
        using Socket full = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        using Socket first = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(full.LocalEndPoint!);
        RaftServer gone = new(Suffrage.Voter, "p", full.LocalEndPoint!.ToString()!);
        ((IRaftTransport)_sending).Send(new PeerRequest(gone, Heartbeat(1)));
        ((IRaftTransport)_sending).Send(new PeerRequest(gone, Entries(0, 1)));
        Send(Heartbeat(1));
        await Eventually.TrueAsync(() => _sender.Failures.Count == 2 && _sender.Responses.Count == 1, "both dials to end");
        Send(Entries(0, 1));
        await AnswersAsync(2);
    }

    [Fact]
    public async Task Connection_to_a_process_that_is_gone_is_replaced_without_a_failure()
    {
        Send(new VoteRequest(1, "a", 0, 0));
        await AnswersAsync(1);
        _port.Cut();
        Send(new VoteRequest(2, "a", 0, 0));
        await AnswersAsync(2);
        Assert.Empty(_sender.Failures);
    }

    public async ValueTask DisposeAsync()
    {
        await _sending.DisposeAsync();
        await _receiving.DisposeAsync();
        await _port.DisposeAsync();
        _timers.Dispose();
    }


    private static AppendRequest Heartbeat(ulong term) => new(term, "10.0.0.1:8300", 0, 0, null, 0, 0, Heartbeat: true);

    /// <summary>The request number <paramref name="number"/> of some that follow each other.</summary>
    private static AppendRequest Entries(ulong number, int count)
    {
        ulong prev = number * (ulong)count;
        LogEntry[] entries =
            [.. Enumerable.Range(1, count).Select(i => new LogEntry(prev + (ulong)i, 1, EntryType.Command, new byte[] { 1, 2, 3 }))];
        return new AppendRequest(1, "10.0.0.1:8300", prev, prev == 0 ? 0UL : 1, entries, count, 0);
    }

    private void Send(RaftRequest request) => ((IRaftTransport)_sending).Send(new PeerRequest(Peer, request));

    private Task AnswersAsync(int count) => Eventually.TrueAsync(
        () => _sender.Responses.Count == count, () => $"{count} answers: {_sender.Responses.Count} and {_sender.Failures.Count} failures");

    private RaftTransport NewSender(TimeSpan timeout, TimeSpan? idle = null)
    {
        RaftTransport transport = Transports.New(_timers, _log, _snapshots, timeout, idle);
        ((IRaftTransport)transport).Start(_sender);
        return transport;
    }

    private async Task RestartAsync(TimeSpan timeout, TimeSpan? idle = null)
    {
        await _sending.DisposeAsync();
        _sending = NewSender(timeout, idle);
    }
}
