using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>Snapshots: taking them, receiving a leader's. One at a time looks at the whole state or replaces it.</summary>
internal sealed partial class SimServer
{
    private const ulong TrailingLogs = 8;

    private readonly Queue<Action> _waiting = new();
    private bool _turnTaken;
    private bool _cancelled;

    /// <summary>The state is ahead of what the core knows to be committed, until the replacement ends.</summary>
    public bool IsReplacingState { get; private set; }

    /// <summary>Takes a snapshot of the present state and stores it a while later.</summary>
    public void TakeSnapshot() => Do(() => EnterTurn(() => Applier.RunInTurn(() =>
    {
        (ulong index, ulong term, ConfigurationPoint configuration) = (Applier.MachineIndex, Applier.MachineTerm, Applier.Configuration);
        if (index <= Core.SnapshotIndex || configuration.Index > index)
        {
            LeaveTurn();
            return;
        }

        // Entries after the last command do not change the state, so it is the one at the machine's index.
        byte[] state = Machine.Save();
        After(_cluster.DiskRandom.Spread(TimeSpan.FromMilliseconds(20)), () => StoreSnapshot(index, term, configuration, state));
    })));

    private void StoreSnapshot(ulong index, ulong term, ConfigurationPoint configuration, byte[] state)
    {
        if (!_writer.Faulty)
        {
            Disk.StoreSnapshot(index, term, configuration.Configuration, configuration.Index, state);
            ulong keepFrom = Core.FirstIndex;
            if (Core.LastIndex > TrailingLogs) keepFrom = Math.Max(keepFrom, Math.Min(index, Core.LastIndex - TrailingLogs) + 1);
            if (keepFrom > Core.FirstIndex) _writer.TruncateHead(keepFrom - 1);
            Core.OnSnapshotTaken(index, term, configuration, keepFrom);
            Pump();
        }

        LeaveTurn();
    }

    /// <summary>A follower receives a leader's snapshot: restored while it streams in, stored at the end, taken back if that fails.</summary>
    private void Install(SnapshotInstall install)
    {
        _cancelled = false;
        EnterTurn(() => After(Disturbance(30), () =>
        {
            bool arrived = ((SimCall)install.Token).SnapshotState is not null && _cluster.DiskRandom.Below(8) > 0;
            if (_cancelled || !arrived) EndInstall(install, false);
            else Applier.RunInTurn(() => Restore(install));
        }));
    }

    private void Restore(SnapshotInstall install)
    {
        SnapshotRequest request = install.Request;
        byte[] state = ((SimCall)install.Token).SnapshotState!;
        _cluster.Checks.OnRestore(this, request.LastLogIndex);
        EarlierState before = Applier.Restore(state, request.LastLogIndex, request.LastLogTerm, request.Configuration);
        IsReplacingState = true;
        After(Disturbance(5), () =>
        {
            if (_cancelled || _writer.Faulty)
            {
                Applier.Revert(before);
                EndInstall(install, false);
                return;
            }

            Disk.ReplaceSnapshots(request.LastLogIndex, request.LastLogTerm, request.Configuration, state);
            // The core learns of it a little later; what it does meanwhile must not matter.
            After(TimeSpan.FromMicroseconds(_cluster.DiskRandom.Below(3000)), () => EndInstall(install, true));
        });
    }

    private void EndInstall(SnapshotInstall install, bool success)
    {
        IsReplacingState = false;
        Core.OnSnapshotInstalled(Clock.Now, install, success);
        Pump();
        LeaveTurn();
    }

    private void EnterTurn(Action turn)
    {
        if (_turnTaken)
        {
            _waiting.Enqueue(turn);
            return;
        }

        _turnTaken = true;
        turn();
    }

    private void LeaveTurn()
    {
        _turnTaken = false;
        if (_waiting.TryDequeue(out Action? next)) EnterTurn(next);
    }

    private void ForgetTurns()
    {
        _waiting.Clear();
        _turnTaken = false;
        IsReplacingState = false;
        _restoring = false;
    }

    private TimeSpan Disturbance(int milliseconds) =>
        _cluster.DiskRandom.Spread(TimeSpan.FromMilliseconds(_cluster.DiskRandom.Below(4) == 0 ? 40 * milliseconds : milliseconds));
}
