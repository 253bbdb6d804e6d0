using Consul.Fast.Consensus;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>Does to a cluster what the world does, at random times, and finally repairs everything.</summary>
internal sealed class Chaos(SimCluster cluster, bool changeMembers)
{
    private bool _stopped;

    public void Start()
    {
        cluster.Network.LossPerMille = cluster.Random.Below(100);
        cluster.Network.DuplicatePerMille = cluster.Random.Below(100);
        cluster.Network.SlowPerMille = cluster.Random.Below(20);
        foreach (SimServer server in cluster.Servers) server.DiskSlowPerMille = cluster.Random.Below(40);
        ProposeForEver();
        HarmForEver();
    }

    /// <summary>All servers up, all disks good, the network whole.</summary>
    public void Heal()
    {
        _stopped = true;
        cluster.Network.LossPerMille = 0;
        cluster.Network.DuplicatePerMille = 0;
        cluster.Network.SlowPerMille = 0;
        cluster.Network.Groups.Clear();
        foreach (SimServer server in cluster.Servers)
        {
            server.DiskFaulty = false;
            server.DiskSlowPerMille = 0;
            if (!server.IsUp) server.Start();
        }
    }

    private void ProposeForEver()
    {
        if (_stopped) return;
        cluster.Propose();
        cluster.Time.After(cluster.Random.Spread(TimeSpan.FromMilliseconds(40)), ProposeForEver);
    }

    private void HarmForEver()
    {
        if (_stopped) return;
        Harm();
        cluster.Time.After(cluster.Random.Spread(TimeSpan.FromMilliseconds(300)), HarmForEver);
    }

    private void Harm()
    {
        SimServer server = cluster.Pick();
        switch (cluster.Random.Below(changeMembers ? 18u : 11u))
        {
            case 0 or 1:
                if (server.IsUp) server.Crash();
                break;
            case 2 or 3 or 4:
                if (!server.IsUp) server.Start();
                break;
            case 5:
                foreach (SimServer s in cluster.Servers) cluster.Network.Groups[s.Id] = (int)cluster.Random.Below(2);
                break;
            case 6:
                cluster.Network.Groups.Clear();
                break;
            case 7:
                server.DiskFaulty = cluster.Random.Below(3) == 0;
                break;
            case 8 or 9:
                server.TakeSnapshot();
                break;
            case 10:
                server.DiskFaulty = false;
                break;
            default:
                ChangeMember(server);
                break;
        }
    }

    private void ChangeMember(SimServer member)
    {
        ConfigurationChange change = new((ConfigurationChangeKind)cluster.Random.Below(4), member.Id, member.Address);
        SimServer? leader = cluster.Leader;
        // A leader that takes its own vote away and then loses leadership no longer stands for election, yet its longer log
        // keeps others from winning: known of this protocol version, so the entry has to commit first.
        if (leader == member && change.Kind is ConfigurationChangeKind.Demote or ConfigurationChangeKind.Remove) return;
        leader?.Step((core, now) => core.ChangeConfiguration(now, change, out _, out _));
    }
}
