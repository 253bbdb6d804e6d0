using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Node;

/// <summary>Runs alone: other tests' allocations would count.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationCollection;

[Collection(nameof(AllocationTests))]
public class AllocationTests
{
    /// <summary>The log entry is 80 bytes; the rest is per batch.</summary>
    private const int MaxBytesPerProposal = 160;

    [Fact]
    public async Task A_proposal_allocates_its_entry_and_next_to_nothing_else()
    {
        using ForgetfulLog log = new();
        await using SingleServer server = await SingleServer.StartAsync(machine: new IdleMachine(), store: log);
        byte[] command = new byte[64];
        await RunAsync(server, command, perCaller: 500);
        const int PerCaller = 2000;
        const int Callers = 64;
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await RunAsync(server, command, PerCaller);
        long each = (GC.GetTotalAllocatedBytes(precise: true) - before) / (PerCaller * Callers);
        Assert.True(each <= MaxBytesPerProposal, $"{each} bytes per proposal");

        static Task RunAsync(SingleServer server, byte[] command, int perCaller) => Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            for (int i = 0; i < perCaller; i++) Assert.Null((await server.Node.ProposeAsync(command)).Error);
        }));
    }

    /// <summary>Keeps nothing but its end, so that only the node's own allocations are seen.</summary>
    private sealed class ForgetfulLog : ILogStore
    {
        public ulong FirstIndex => LastIndex == 0 ? 0ul : 1;

        public ulong LastIndex { get; private set; }

        public HardState HardState { get; private set; } = new(0, 0, "");

        public void Append(ReadOnlySpan<LogEntry> entries) => LastIndex = entries[^1].Index;

        public void SetHardState(HardState state) => HardState = state;

        public void Sync() => Thread.Yield();

        public bool TryRead(ulong index, out LogEntry entry)
        {
            entry = null!;
            return false;
        }

        public void TruncateHead(ulong index) => throw new NotSupportedException();

        public void Reset() => LastIndex = 0;

        public void Dispose()
        {
            // Memory only.
        }
    }

    private sealed class IdleMachine : IStateMachine
    {
        public void Apply(ReadOnlySpan<LogEntry> entries, Span<object?> results)
        {
            // Every result stays null.
        }

        public IStateCapture Capture() => throw new NotSupportedException();

        public void Restore(Stream state) => throw new NotSupportedException();

        public void Revert(IStateCapture capture) => throw new NotSupportedException();
    }
}
