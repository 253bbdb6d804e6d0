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

/// <summary>Hands leadership over; null when it is gone, otherwise the error text.</summary>
/// <param name="serverId">Who shall have it, or null for the voter that is most up to date.</param>
internal sealed class TransferItem(string? serverId) : CallItem<string?>
{
    public string? ServerId => serverId;
}

/// <summary>Prepares a restore: quiets the log and answers where the snapshot goes.</summary>
/// <param name="atLeast">Index of the user's snapshot: the new one is above it.</param>
internal sealed class BeginRestoreItem(ulong atLeast) : CallItem<RestorePlace>
{
    public ulong AtLeast => atLeast;
}

/// <param name="Place">Null when it cannot be restored now.</param>
/// <param name="Error">Why not.</param>
internal sealed record RestorePlace(SnapshotPlace? Place, string? Error);

/// <summary>Asks whether a restore may still go on: false when leadership was lost.</summary>
internal sealed class ConfirmRestoreItem(SnapshotPlace place) : CallItem<bool>
{
    public SnapshotPlace Place => place;
}

/// <summary>
/// Ends a restore. One that succeeded is answered false when leadership was lost meanwhile; it ends once more, as one that
/// failed, when the old state is back.
/// </summary>
internal sealed class EndRestoreItem(SnapshotPlace place, bool restored) : CallItem<bool>
{
    public SnapshotPlace Place => place;

    public bool Restored => restored;
}

/// <summary>A leader's snapshot; the core's token for it.</summary>
internal sealed class SnapshotItem(SnapshotRequest request, Stream state, IRaftReply reply) : LoopItem, IRaftReply
{
    public SnapshotRequest Request => request;

    public Stream State => state;

    /// <summary>What went wrong here, for the answer.</summary>
    public string? Error { get; set; }

    public void Reply(RaftResponse response, string? error = null) => reply.Reply(response, error ?? Error);
}

/// <summary>The end of an install.</summary>
internal sealed class SnapshotInstalledItem(SnapshotInstall install, string? error) : LoopItem
{
    public SnapshotInstall Install => install;

    /// <summary>Null when it is stored and restored.</summary>
    public string? Error => error;
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
