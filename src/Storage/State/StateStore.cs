using Consul.Fast.Consensus;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>
/// The state machine: applies committed commands to the tables and publishes each new state with one reference write.
/// Applied to by one loop; <see cref="Current"/> and <see cref="Watches"/> may be used from any thread.
/// </summary>
public sealed class StateStore(WatchHub watches, TimeProvider time) : IStateMachine
{
    public ClusterState Current => throw new NotImplementedException();

    public WatchHub Watches { get; } = watches;

    /// <summary>Remaining lock-delay of a key on this server, zero for none. Local, from this server's clock.</summary>
    public TimeSpan KvLockDelay(ReadOnlySpan<byte> key)
    {
        _ = time;
        throw new NotImplementedException();
    }

    public void Apply(ReadOnlySpan<LogEntry> entries, Span<object?> results) => throw new NotImplementedException();

    public IStateCapture Capture() => throw new NotImplementedException();

    public void Restore(Stream state) => throw new NotImplementedException();
}
