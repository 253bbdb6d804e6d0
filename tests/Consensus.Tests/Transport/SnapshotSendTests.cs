using System.Security.Cryptography;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;
using Consul.Fast.Consensus.Tests.Fakes;
using Consul.Fast.Consensus.Transport;
using Consul.Fast.Net.Timers;

namespace Consul.Fast.Consensus.Tests.Transport;

/// <summary>Snapshots on their way from one store to a peer.</summary>
public sealed class SnapshotSendTests : IAsyncDisposable
{
    private const int Size = 8_000_001;

    private static readonly ClusterConfiguration s_servers = new([new RaftServer(Suffrage.Voter, "p", "10.0.0.1:8300")]);

    private readonly TimerWheel _timers = new();
    private readonly FakeSnapshotStore _store = new();
    private readonly CollectingInbox _sender = new();
    private readonly CollectingInbox _receiver = new();
    private readonly RaftPort _port;
    private readonly RaftTransport _sending;
    private readonly RaftTransport _receiving;
    private readonly byte[] _state = new byte[Size];

    public SnapshotSendTests()
    {
        new Random(1).NextBytes(_state);
        _port = new RaftPort(_timers);
        _receiving = Transports.New(_timers);
        ((IRaftTransport)_receiving).Start(_receiver);
        _port.Serve = _receiving.ServeAsync;
        _sending = Transports.New(_timers, snapshots: _store, timeout: TimeSpan.FromSeconds(20));
        ((IRaftTransport)_sending).Start(_sender);
        _receiver.Answer = static request => new AppendResponse(request.Term, 0, Success: true);
    }

    [Fact]
    public async Task State_arrives_whole_and_heartbeats_pass_it()
    {
        SnapshotRequest request = await StoreAsync();
        TaskCompletionSource<byte[]> hash = new();
        TaskCompletionSource goOn = new();
        _receiver.Receive = async (announced, state) =>
        {
            Assert.Equal((request.LastLogIndex, request.LastLogTerm), (announced.LastLogIndex, announced.LastLogTerm));
            Assert.Equal(s_servers.Servers, announced.Configuration.Configuration.Servers);
            await goOn.Task;
            hash.SetResult(await SHA256.HashDataAsync(state));
            return new SnapshotResponse(3, Success: true);
        };
        Send(request);
        await Eventually.TrueAsync(() => !_receiver.Requests.IsEmpty, "the announcement");
        for (int i = 1; i <= 20; i++)
        {
            Send(new AppendRequest(3, "a", 0, 0, null, 0, 0, Heartbeat: true));
            await Eventually.TrueAsync(() => _sender.Responses.Count == i, "a heartbeat");
        }

        goOn.SetResult();
        Assert.Equal(SHA256.HashData(_state), await hash.Task.WaitAsync(Eventually.Deadline));
        await Eventually.TrueAsync(() => _sender.Responses.Count == 21, "the answer");
        Assert.Equal(new SnapshotResponse(3, Success: true), _sender.Responses.Last().Response);
        // Its connection is not used again.
        await Eventually.TrueAsync(() => _port.Open == 1, "the connection to close");
    }

    [Fact]
    public async Task Refusal_is_an_answer()
    {
        _receiver.Receive = static (_, _) => Task.FromResult<RaftResponse>(new SnapshotResponse(9, Success: false));
        Send(await StoreAsync());
        await Eventually.TrueAsync(() => _sender.Responses.Count == 1, "the answer");
        Assert.Equal(new SnapshotResponse(9, Success: false), _sender.Responses.Single().Response);
    }

    [Fact]
    public async Task Connection_that_breaks_fails_it_on_both_sides()
    {
        TaskCompletionSource<Exception?> seen = new();
        _receiver.Receive = async (_, state) =>
        {
            await state.ReadExactlyAsync(new byte[100_000]);
            _port.Cut();
            seen.SetResult(await Record.ExceptionAsync(() => state.CopyToAsync(Stream.Null)));
            return new SnapshotResponse(3, Success: false);
        };
        Send(await StoreAsync());
        await Eventually.TrueAsync(() => _sender.Failures.Count == 1, "the failure");
        Assert.IsAssignableFrom<IOException>(await seen.Task.WaitAsync(Eventually.Deadline));
        Assert.Empty(_sender.Responses);
    }

    [Fact]
    public async Task Snapshot_that_is_gone_or_damaged_fails()
    {
        SnapshotRequest request = await StoreAsync();
        Send(request with { LastLogIndex = 99 });
        await Eventually.TrueAsync(() => _sender.Failures.Count == 1, "the missing one to fail");
        _store.Damaged.Add(_store.List()[0].Id);
        Send(request);
        await Eventually.TrueAsync(() => _sender.Failures.Count == 2, "the damaged one to fail");
        Assert.Empty(_receiver.Requests);
    }

    public async ValueTask DisposeAsync()
    {
        await _sending.DisposeAsync();
        await _receiving.DisposeAsync();
        await _port.DisposeAsync();
        _timers.Dispose();
    }

    private void Send(RaftRequest request) =>
        ((IRaftTransport)_sending).Send(new PeerRequest(new RaftServer(Suffrage.Voter, "p", _port.Address), request));

    private async Task<SnapshotRequest> StoreAsync()
    {
        await using ISnapshotSink sink = _store.Create(40, 3, s_servers, 7);
        await sink.Stream.WriteAsync(_state);
        await sink.CommitAsync();
        return new SnapshotRequest(3, "10.0.0.1:8300", 40, 3, new ConfigurationPoint(s_servers, 7));
    }
}
