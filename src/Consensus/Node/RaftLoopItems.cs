using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Consensus.Node;

/// <summary>The clock has passed a deadline of the core.</summary>
internal sealed class DeadlineItem : LoopItem;

/// <summary>A call that waits for the loop's answer.</summary>
internal abstract class CallItem<T> : LoopItem
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _done.Task;

    public void Complete(T result) => _done.TrySetResult(result);
}

/// <summary>Bootstraps a new server; null when done, otherwise the error text.</summary>
internal sealed class BootstrapItem(ClusterConfiguration configuration) : CallItem<string?>
{
    public ClusterConfiguration Configuration => configuration;
}

/// <summary>Confirms leadership; null when confirmed, otherwise the error text.</summary>
internal sealed class VerifyItem : CallItem<string?>
{
    public ulong Round { get; set; }
}

/// <summary>Prepares a restore: quiets the log and answers where the snapshot goes.</summary>
/// <param name="atLeast">Index of the user's snapshot: the new one is above it.</param>
internal sealed class BeginRestoreItem(ulong atLeast) : CallItem<RestorePlace>
{
    public ulong AtLeast => atLeast;
}

/// <param name="Error">Why it cannot be restored now, or null.</param>
internal sealed record RestorePlace(ulong Index, ulong Term, ConfigurationPoint Configuration, string? Error);

/// <summary>Ends a restore, for better or worse.</summary>
internal sealed class EndRestoreItem(RestorePlace place, bool restored) : CallItem<bool>
{
    public RestorePlace Place => place;

    public bool Restored => restored;
}

/// <summary>A local snapshot is durable.</summary>
internal sealed class SnapshotTakenItem(SnapshotMeta snapshot, ulong trailingLogs) : LoopItem
{
    public SnapshotMeta Snapshot => snapshot;

    public ulong TrailingLogs => trailingLogs;
}

/// <summary>A request of another server.</summary>
internal sealed class RequestItem(RaftRequest request, IRaftReply reply) : LoopItem
{
    public RaftRequest Request => request;

    public IRaftReply ReplyTo => reply;
}

/// <summary>The answer of another server, null when there is none.</summary>
internal sealed class ResponseItem(string peerId, RaftRequest request, RaftResponse? response) : LoopItem
{
    public string PeerId => peerId;

    public RaftRequest Request => request;

    public RaftResponse? Response => response;
}

/// <summary>Stops the loop once nothing is under way, or at once.</summary>
internal sealed class StopItem(bool atOnce) : CallItem<bool>
{
    public bool AtOnce => atOnce;
}
