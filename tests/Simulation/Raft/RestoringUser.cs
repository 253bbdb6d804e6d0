using Consul.Fast.Consensus.Core;
using Consul.Fast.Tests.Harness.History;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>Somebody who replaces the whole state; to every register, that is one more write.</summary>
internal static class RestoringUser
{
    /// <summary>Stands in the history for whoever restores.</summary>
    private const int Client = 99;

    public static void Restore(SimCluster cluster, SimServer leader, SeededRandom random)
    {
        ulong[] values = new ulong[SimMachine.Registers];
        for (int i = 0; i < values.Length; i++) values[i] = ((ulong)Client << 32) | (uint)random.NextUInt64();
        Recorder.OpenOperation[] writes =
            [.. values.Select((v, i) => cluster.History.BeginWrite(Client, SimClient.Key(i), SimClient.Text(v)))];
        ulong atLeast = random.Below(2) == 0 ? 0 : cluster.Ledger.CommitIndex + random.Below(50);
        leader.RestoreState(SimMachine.Save(random.NextUInt64(), values), atLeast, outcome =>
        {
            foreach (Recorder.OpenOperation write in writes)
            {
                if (outcome == RequestOutcome.Done) write.Done();
                else if (outcome == RequestOutcome.Refused) write.HadNoEffect();
            }
        });
    }
}
