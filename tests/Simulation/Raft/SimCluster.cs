using System.Text;
using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Tests.Harness.History;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>A whole cluster with its clients in one thread, everything decided by one seed.</summary>
internal sealed class SimCluster
{
    public static readonly RaftTimings Timings = new(
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(50));

    private const int Clients = 4;

    public SimCluster(ulong seed, SimShape shape)
    {
        Shape = shape;
        Seed = seed;
        // One stream for each concern: a change of one leaves the others' choices alone.
        SeededRandom seeds = new(seed);
        Random = new SeededRandom(seeds.NextUInt64());
        DiskRandom = new SeededRandom(seeds.NextUInt64());
        Network = new SimNetwork(this, new SeededRandom(seeds.NextUInt64()));
        Checks = new OutputChecks(this);
        Ledger = new CommitLedger(this);
        Servers = [.. Enumerable.Range(0, shape.Servers).Select(i => new SimServer(this, i))];
        Workload = [.. Enumerable.Range(0, Clients).Select(i => new SimClient(this, i, new SeededRandom(seeds.NextUInt64())))];
    }

    public ulong Seed { get; }

    public SimShape Shape { get; }

    public VirtualTime Time { get; } = new();

    public SeededRandom Random { get; }

    public SeededRandom DiskRandom { get; }

    public OutputChecks Checks { get; }

    public CommitLedger Ledger { get; }

    public SimNetwork Network { get; }

    public SimServer[] Servers { get; }

    public SimClient[] Workload { get; }

    public Recorder History { get; } = new();

    /// <summary>The last server that believes it leads, or null.</summary>
    public SimServer? Leader => Servers.Where(s => s.Leads).MaxBy(s => s.Core.Term);

    public SimServer? Find(string id) => Array.Find(Servers, s => s.Id == id);

    public SimServer Pick() => Servers[Random.Below((ulong)Servers.Length)];

    public void Bootstrap()
    {
        ClusterConfiguration configuration = new(
            [.. Servers.Take(Shape.Voters).Select(s => new RaftServer(Suffrage.Voter, s.Id, s.Address))]);
        foreach (SimServer server in Servers)
        {
            server.Start();
            if (configuration.IsVoter(server.Id)) server.Bootstrap(configuration);
        }
    }

    public void Run(TimeSpan duration) => Time.RunUntil(Time.Now + duration);

    /// <summary>Runs until something holds, or for <paramref name="limit"/>; false when it never did.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        TimeSpan end = Time.Now + limit;
        while (!condition())
        {
            if (Time.Now >= end) return false;
            Run(TimeSpan.FromMilliseconds(100));
        }

        return true;
    }

    public override string ToString()
    {
        StringBuilder text = new($"at {Time.Now}, {Ledger.CommitIndex} committed");
        foreach (SimServer server in Servers) text.Append('\n').Append(server);
        return text.ToString();
    }
}
