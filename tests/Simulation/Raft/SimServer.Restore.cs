using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>A user's snapshot takes the place of the leader's state, and then of everybody's; done as the real node does it.</summary>
internal sealed partial class SimServer
{
    private UserRestore? _restore;
    private bool _restoring;

    /// <param name="state">The state to have.</param>
    /// <param name="atLeast">Index of the user's snapshot: the new one is above it.</param>
    public void RestoreState(byte[] state, ulong atLeast, Action<RequestOutcome> done) => Receive(() => EnterTurn(() =>
    {
        if (Core.CanRestore() is not null)
        {
            LeaveTurn();
            done(RequestOutcome.Refused);
            return;
        }

        _restoring = true;
        _restore = new UserRestore(state, atLeast, done);
        Core.HoldCommitted();
        FailProposals(Core.CommitIndex);
        Pump();
    }));

    /// <summary>The place is known once no write is under way: nothing can take an index above it any more.</summary>
    private void ContinueRestore()
    {
        if (_restore is not { } restore || Core.HasWriteUnderWay) return;
        _restore = null;
        ulong index = Math.Max(restore.AtLeast, Core.LastIndex) + 1;
        Place place = new(index, Core.Term, Core.Latest);
        After(Disturbance(20), () => Applier.RunInTurn(() => Replace(restore, place)));
    }

    private void Replace(UserRestore restore, Place place)
    {
        EarlierState before = Applier.Restore(restore.State, place.Index, place.Term, place.Configuration);
        IsReplacingState = true;
        // Until a quorum has the new state, the next leader may have the old one: nobody is to read it.
        RefuseReads();
        After(Disturbance(5), () =>
        {
            if (!IsGood(place) || _writer.Faulty)
            {
                Undo(restore, before);
                return;
            }

            SnapshotMeta stored = Disk.ReplaceSnapshots(place.Index, place.Term, place.Configuration, restore.State);
            After(TimeSpan.FromMicroseconds(_cluster.DiskRandom.Below(3000)), () =>
            {
                if (IsGood(place))
                {
                    Finish(restore, place);
                    return;
                }

                Disk.Remove(stored);
                Undo(restore, before);
            });
        });
    }

    private void Finish(UserRestore restore, Place place)
    {
        Core.OnSnapshotRestored(place.Index, place.Term);
        EndHold();
        Pump();
        LeaveTurn();
        // The commit of what comes after it tells that a quorum has it.
        Append(EntryType.Barrier, [], outcome =>
        {
            restore.Done(outcome == RequestOutcome.Refused ? RequestOutcome.Unknown : outcome);
            After(TimeSpan.Zero, () => MakeReady(place.Term));
        });
    }

    private void Undo(UserRestore restore, EarlierState before)
    {
        Applier.Revert(before);
        EndHold();
        Pump();
        LeaveTurn();
        restore.Done(RequestOutcome.Refused);
        After(TimeSpan.Zero, () => MakeReady(Core.Term));
    }

    private bool IsGood(Place place) => Core.Role == RaftRole.Leader && Core.Term == place.Term;

    /// <summary>Leadership ends before a place was given.</summary>
    private void AbandonRestore()
    {
        if (_restore is not { } restore) return;
        _restore = null;
        EndHold();
        LeaveTurn();
        restore.Done(RequestOutcome.Refused);
    }

    private void EndHold()
    {
        _restoring = false;
        IsReplacingState = false;
        Core.ReleaseCommitted();
    }

    private sealed record UserRestore(byte[] State, ulong AtLeast, Action<RequestOutcome> Done);

    private sealed record Place(ulong Index, ulong Term, ConfigurationPoint Configuration);
}
