using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;
using Consul.Fast.Consensus.Transport;
using Consul.Fast.Net.Timers;

namespace Consul.Fast.Consensus.Tests.Transport;

/// <summary>What one exchange costs in memory on both sides together, with everything that carries it.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int Exchanges = 2000;

    /// <summary>The entry with its bytes at the receiver, request and answer of either side, some strings.</summary>
    private const int BytesMax = 1600;

    [Fact]
    public async Task Exchange_of_an_entry_allocates_little()
    {
        using TimerWheel timers = new();
        CollectingInbox receiver = new() { Answer = static request => new AppendResponse(request.Term, 0, Success: true) };
        CountingInbox sender = new();
        await using RaftTransport receiving = Transports.New(timers);
        await using RaftTransport sending = Transports.New(timers);
        ((IRaftTransport)receiving).Start(receiver);
        ((IRaftTransport)sending).Start(sender);
        await using RaftPort port = new(timers, receiving.ServeAsync);
        LogEntry entry = new(1, 1, EntryType.Command, new byte[512]);
        PeerRequest request = new(
            new RaftServer(Suffrage.Voter, "p", port.Address), new AppendRequest(1, "10.0.0.1:8300", 0, 0, [entry], 1, 0));
        long before = 0;
        for (int i = -200; i < Exchanges; i++)
        {
            if (i == 0) before = GC.GetTotalAllocatedBytes(precise: true);
            Task answered = sender.NextAsync();
            ((IRaftTransport)sending).Send(request);
            await answered.WaitAsync(Eventually.Deadline);
        }

        long each = (GC.GetTotalAllocatedBytes(precise: true) - before) / Exchanges;
        Assert.True(each < BytesMax, $"{each} bytes for each exchange");
    }

    private sealed class CountingInbox : IRaftInbox
    {
        private TaskCompletionSource _answered = new();

        public Task NextAsync()
        {
            _answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _answered.Task;
        }

        public void OnRequest(RaftRequest request, IRaftReply reply) => throw new NotSupportedException();

        public void OnSnapshot(SnapshotRequest request, Stream state, IRaftReply reply) => throw new NotSupportedException();

        public void OnResponse(string peerId, RaftRequest request, RaftResponse response) => _answered.SetResult();

        public void OnFailed(string peerId, RaftRequest request) => _answered.SetException(new IOException("failed"));
    }
}
