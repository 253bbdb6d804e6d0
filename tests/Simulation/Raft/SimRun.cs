using Consul.Fast.Consensus;
using Consul.Fast.Tests.Harness.History;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>One run from its seed to its end: a quiet start, harm, repair, and the proof that all is well again.</summary>
internal sealed class SimRun(ulong seed, SimShape shape)
{
    private static readonly TimeSpan Harm = TimeSpan.FromSeconds(30);

    /// <summary>Pauses after failures grow to ten seconds, and elections may collide a few times.</summary>
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(45);

    private readonly SimCluster _cluster = new(seed, shape);

    public long Events => _cluster.Time.EventsRun;

    public ulong Committed => _cluster.Ledger.CommitIndex;

    public int Leaders => _cluster.Ledger.Leaders;

    public int OperationsDone => _cluster.Workload.Sum(c => c.Succeeded);

    /// <returns>Null when all was well, else what was not, and how to run it again.</returns>
    public string? Execute()
    {
        try
        {
            Run();
            return null;
        }
        catch (Exception e)
        {
            string what = e is InvariantException ? e.Message : $"{e}";
            return $"RAFT_SEED={seed} RAFT_SHAPE={shape}: {what}\n{_cluster}";
        }
    }

    private void Run()
    {
        Chaos chaos = new(_cluster);
        // The first configuration is given to servers whose disks work.
        _cluster.Bootstrap();
        Demand(() => _cluster.Leader is not null, TimeSpan.FromSeconds(20), "no leader at the beginning");
        foreach (SimClient client in _cluster.Workload) client.Start();
        _cluster.Run(TimeSpan.FromSeconds(1));
        chaos.Start();
        _cluster.Run(Harm);
        chaos.Heal();
        // What was sent before is still under way, and who waits for an answer that was lost does so for a while.
        _cluster.Run(TimeSpan.FromSeconds(3));
        CheckProgress();
        foreach (SimClient client in _cluster.Workload) client.Stopped = true;
        Demand(IsConverged, RecoveryLimit, "servers do not converge");
        CheckQuiet();
        HistoryCheck check = Linearizability.Check(_cluster.History.Operations);
        if (check.Verdict != Verdict.Linearizable) throw new InvariantException($"the clients' history: {check}");
    }

    /// <summary>Every client gets something done.</summary>
    private void CheckProgress()
    {
        int[] before = [.. _cluster.Workload.Select(c => c.Succeeded)];
        Demand(() =>
        {
            if (_cluster.Leader is { } leader) Membership.CorrectAddresses(_cluster, leader);
            return _cluster.Workload.Select((c, i) => c.Succeeded > before[i] + 2).All(done => done);
        }, RecoveryLimit, "clients get nothing done after everything was repaired");
    }

    private bool IsConverged()
    {
        if (_cluster.Leader is not { } leader || leader.AppliedIndex != leader.Core.LastIndex) return false;
        foreach (RaftServer member in leader.Core.Latest.Configuration.Servers)
        {
            SimServer server = _cluster.Find(member.Id)!;
            if (server.AppliedIndex != leader.AppliedIndex || server.Machine.State != leader.Machine.State) return false;
        }

        return true;
    }

    /// <summary>Leadership stays where it is while nothing happens.</summary>
    private void CheckQuiet()
    {
        SimServer leader = _cluster.Leader!;
        ulong term = leader.Core.Term;
        _cluster.Run(TimeSpan.FromSeconds(5));
        if (!leader.Leads || leader.Core.Term != term) throw new InvariantException("leadership changed in a quiet cluster");
        if (!IsConverged()) throw new InvariantException("servers of a quiet cluster differ");
    }

    private void Demand(Func<bool> condition, TimeSpan limit, string otherwise)
    {
        if (!_cluster.RunUntil(condition, limit)) throw new InvariantException(otherwise);
    }
}
