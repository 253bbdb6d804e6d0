using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>Snapshots: taking them, receiving a leader's.</summary>
internal sealed partial class SimServer
{
    private const ulong TrailingLogs = 8;

    /// <summary>Takes a snapshot of the present state and stores it a while later.</summary>
    public void TakeSnapshot() => Do(() =>
    {
        (ulong index, ulong term, ConfigurationPoint configuration) = (Applier.MachineIndex, Applier.MachineTerm, Applier.Configuration);
        if (index <= Core.SnapshotIndex || configuration.Index > index) return;
        // Entries after the last command do not change the state, so it is the one at the machine's index.
        byte[] state = Machine.Save();
        After(_cluster.DiskRandom.Spread(TimeSpan.FromMilliseconds(20)), () =>
        {
            if (_writer.Faulty) return;
            Disk.StoreSnapshot(index, term, configuration.Configuration, configuration.Index, state);
            ulong keepFrom = Core.FirstIndex;
            if (Core.LastIndex > TrailingLogs) keepFrom = Math.Max(keepFrom, Math.Min(index, Core.LastIndex - TrailingLogs) + 1);
            if (keepFrom > Core.FirstIndex) _writer.TruncateHead(keepFrom - 1);
            Core.OnSnapshotTaken(index, term, configuration, keepFrom);
            Pump();
        });
    });

    /// <summary>A follower receives a leader's snapshot.</summary>
    private void Install(SnapshotInstall install)
    {
        SnapshotRequest request = install.Request;
        byte[]? state = ((SimCall)install.Token).SnapshotState;
        After(_cluster.DiskRandom.Spread(TimeSpan.FromMilliseconds(30)), () => Applier.RunInTurn(() =>
        {
            bool usable = state is not null && !_writer.Faulty && request.LastLogIndex > AppliedIndex && request.LastLogIndex > Core.CommitIndex;
            if (usable)
            {
                Disk.StoreSnapshot(
                    request.LastLogIndex, request.LastLogTerm, request.Configuration.Configuration, request.Configuration.Index, state!);
                using MemoryStream stream = new(state!);
                Machine.Restore(stream);
                Applier.SetPosition(request.LastLogIndex, request.LastLogTerm, request.Configuration);
            }

            Core.OnSnapshotInstalled(Clock.Now, install, usable);
            Pump();
        }));
    }
}
