using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;

namespace Consul.Fast.Consensus.Transport;

/// <summary>Takes the answer to a snapshot, which leaves only after the rest of the state was skipped.</summary>
internal sealed class SnapshotReply : IRaftReply
{
    private readonly TaskCompletionSource<(RaftResponse Response, string? Error)> _answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<(RaftResponse Response, string? Error)> Task => _answer.Task;

    public void Reply(RaftResponse response, string? error = null) => _answer.TrySetResult((response, error));
}
