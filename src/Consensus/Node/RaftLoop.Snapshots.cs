using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Consensus.Node;

/// <summary>Snapshots taken here, received from a leader, and restored by a user.</summary>
internal sealed partial class RaftLoop
{
    private BeginRestoreItem? _restore;
    private bool _restoring;

    void IRaftInbox.OnSnapshot(SnapshotRequest request, Stream state, IRaftReply reply) =>
        Post(new SnapshotItem(request, state, reply));

    private void OnSnapshotInstalled(SnapshotInstalledItem installed)
    {
        ((SnapshotItem)installed.Install.Token).Error = installed.Error;
        _core.OnSnapshotInstalled(_clock(), installed.Install, installed.Error is null);
    }

    private void OnSnapshotTaken(SnapshotTakenItem taken)
    {
        SnapshotMeta snapshot = taken.Snapshot;
        ulong keepFrom = _core.FirstIndex;
        if (_core.LastIndex > taken.TrailingLogs)
        {
            keepFrom = Math.Max(keepFrom, Math.Min(snapshot.Index, _core.LastIndex - taken.TrailingLogs) + 1);
        }

        if (keepFrom > _core.FirstIndex)
        {
            Log.Compacting(_parts.Logger, _core.FirstIndex, keepFrom - 1);
            _parts.Writer.TruncateHead(keepFrom - 1);
        }

        _core.OnSnapshotTaken(
            snapshot.Index, snapshot.Term, new ConfigurationPoint(snapshot.Configuration, snapshot.ConfigurationIndex), keepFrom);
    }

    private void BeginRestore(BeginRestoreItem item)
    {
        string? error = _core.CanRestore();
        if (_stop is not null) error = RaftErrors.Shutdown;
        if (error is not null)
        {
            item.Complete(new RestorePlace(null, error));
            return;
        }

        _restoring = true;
        _restore = item;
        _core.HoldCommitted();
        _pending.FailAbove(_core.CommitIndex, RaftErrors.SnapshotRestored);
    }

    /// <summary>The place is known once no write is under way: nothing can take an index above it any more.</summary>
    private void ContinueRestore()
    {
        if (_restore is not { } item || _core.HasWriteUnderWay) return;
        _restore = null;
        ulong index = Math.Max(item.AtLeast, _core.LastIndex) + 1;
        item.Complete(new RestorePlace(new SnapshotPlace(index, _core.Term, _core.Latest), null));
    }

    /// <summary>The place is good only as long as this server leads in the term in which it was given.</summary>
    private bool IsPlaceGood(SnapshotPlace place) => _core.Role == RaftRole.Leader && _core.Term == place.Term;

    private void EndRestore(EndRestoreItem item)
    {
        if (item.Restored && !IsPlaceGood(item.Place))
        {
            // The caller takes the old state back and then comes again.
            item.Complete(false);
            return;
        }

        if (item.Restored) _core.OnSnapshotRestored(item.Place.Index, item.Place.Term);
        EndHold();
        item.Complete(true);
    }

    /// <summary>Leadership, or the node, ends before a place was given.</summary>
    private void AbandonRestore(string error)
    {
        if (_restore is not { } item) return;
        _restore = null;
        EndHold();
        item.Complete(new RestorePlace(null, error));
    }

    private void EndHold()
    {
        _restoring = false;
        _core.ReleaseCommitted();
    }
}
