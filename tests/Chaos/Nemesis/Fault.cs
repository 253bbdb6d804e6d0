using Consul.Fast.Chaos.Tests.Lab;

namespace Consul.Fast.Chaos.Tests.Nemesis;

internal enum Reach
{
    /// <summary>A single server.</summary>
    One,

    /// <summary>Fewer servers than half: the others can go on.</summary>
    Minority,

    /// <summary>So many that nobody can go on.</summary>
    Majority,

    All,
}

/// <summary>Something bad that happens to servers, and its end.</summary>
/// <param name="Begin">Is given the victims; the first one may be the leader.</param>
/// <param name="End">Leaves the victims as they were, or at least running.</param>
internal sealed record Fault(
    string Name,
    Reach Reach,
    Func<LabCluster, IReadOnlyList<LabServer>, Task> Begin,
    Func<LabCluster, IReadOnlyList<LabServer>, Task> End)
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        OnEach("kill", Reach.Minority, static server => server.KillAsync(), static server => server.Start()),
        OnEach("terminate", Reach.Minority, static server => server.TerminateAsync(), static server => server.Start()),
        OnEach("pause", Reach.Minority, static server => server.Pause(), static server => server.Continue()),
        OnEach("fill the disk of", Reach.Minority, static server => server.Disk.Fill(), static server => server.Disk.Free()),
        OnEach("stall the disk of", Reach.Minority, static server => server.Disk.Stall(), static server => server.Disk.GoOn()),
        OnLinks("cut off", Reach.Minority, static (cluster, victims) => cluster.CutOff([.. victims])),
        OnLinks("silence", Reach.Minority, static (cluster, victims) => DropAll(cluster, victims, fromVictims: true)),
        OnLinks("deafen", Reach.Minority, static (cluster, victims) => DropAll(cluster, victims, fromVictims: false)),
        OnLinks("cut one link of", Reach.One, static (cluster, victims) => CutOneLink(cluster, victims[0], bothWays: true)),
        OnLinks("cut one link, one way, of", Reach.One, static (cluster, victims) => CutOneLink(cluster, victims[0], bothWays: false)),
        OnLinks("leave as only bridge between two halves", Reach.One, static (cluster, victims) => Bridge(cluster, victims[0])),
        OnEach("kill most:", Reach.Majority, static server => server.KillAsync(), static server => server.Start()),
        OnEach("pause most:", Reach.Majority, static server => server.Pause(), static server => server.Continue()),
        OnEach("stall the disks of most:", Reach.Majority, static server => server.Disk.Stall(), static server => server.Disk.GoOn()),
        OnEach("fill the disks of most:", Reach.Majority, static server => server.Disk.Fill(), static server => server.Disk.Free()),
        OnLinks("separate all:", Reach.All, static (cluster, _) => Separate(cluster)),
        OnEach("kill all:", Reach.All, static server => server.KillAsync(), static server => server.Start()),
    ];

    private static Fault OnEach(string name, Reach reach, Action<LabServer> begin, Action<LabServer> end) =>
        OnEach(name, reach, server => Done(begin, server), end);

    private static Fault OnEach(string name, Reach reach, Func<LabServer, Task> begin, Action<LabServer> end) => new(
        name,
        reach,
        (_, victims) => Task.WhenAll(victims.Select(begin)),
        (_, victims) => Task.WhenAll(victims.Select(server => Done(end, server))));

    private static Fault OnLinks(string name, Reach reach, Action<LabCluster, IReadOnlyList<LabServer>> begin) => new(
        name,
        reach,
        (cluster, victims) =>
        {
            begin(cluster, victims);
            return Task.CompletedTask;
        },
        static (cluster, _) =>
        {
            cluster.Network.HealAll();
            return Task.CompletedTask;
        });

    private static Task Done(Action<LabServer> action, LabServer server)
    {
        action(server);
        return Task.CompletedTask;
    }

    private static void DropAll(LabCluster cluster, IReadOnlyList<LabServer> victims, bool fromVictims)
    {
        foreach ((LabServer one, LabServer other) in cluster.Pairs())
        {
            if (!victims.Contains(one) || victims.Contains(other)) continue;
            if (fromVictims) cluster.Network.Drop(one.Index, other.Index);
            else cluster.Network.Drop(other.Index, one.Index);
        }
    }

    private static void CutOneLink(LabCluster cluster, LabServer victim, bool bothWays)
    {
        LabServer other = cluster.Servers[(victim.Index + 1) % cluster.Servers.Count];
        cluster.Network.Drop(victim.Index, other.Index);
        if (bothWays) cluster.Network.Drop(other.Index, victim.Index);
    }

    /// <summary>One server reaches all; of the others, those with even numbers do not reach those with odd ones.</summary>
    private static void Bridge(LabCluster cluster, LabServer bridge)
    {
        LabServer[] others = [.. cluster.Servers.Where(server => server != bridge)];
        for (int one = 0; one < others.Length; one++)
        {
            for (int other = 0; other < others.Length; other++)
            {
                if (one % 2 != other % 2) cluster.Network.Drop(others[one].Index, others[other].Index);
            }
        }
    }

    private static void Separate(LabCluster cluster)
    {
        foreach ((LabServer one, LabServer other) in cluster.Pairs()) cluster.Network.Drop(one.Index, other.Index);
    }
}
