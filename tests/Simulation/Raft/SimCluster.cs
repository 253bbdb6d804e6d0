using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>A whole cluster in one thread, everything decided by one seed.</summary>
internal sealed class SimCluster
{
    public static readonly RaftTimings Timings = new(
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(50));

    private readonly int _voters;
    private ulong _nextCommand = 1;

    /// <param name="voters">Servers of the first configuration.</param>
    /// <param name="spares">Servers that may be added later.</param>
    public SimCluster(ulong seed, int voters, int spares)
    {
        _voters = voters;
        Random = new SeededRandom(seed);
        Network = new SimNetwork(this);
        Checks = new OutputChecks(Invariants, loneServer: voters + spares == 1);
        Servers = [.. Enumerable.Range(0, voters + spares).Select(i => new SimServer(this, $"s{i}"))];
    }

    public VirtualTime Time { get; } = new();

    public SeededRandom Random { get; }

    public Invariants Invariants { get; } = new();

    public OutputChecks Checks { get; }

    public SimNetwork Network { get; }

    public SimServer[] Servers { get; }

    /// <summary>A server that believes it leads, or null.</summary>
    public SimServer? Leader => Servers.Where(s => s.IsUp && s.Core.Role == RaftRole.Leader).MaxBy(s => s.Core.Term);

    public void Bootstrap()
    {
        ClusterConfiguration configuration = new([.. Servers.Take(_voters).Select(s => s.AsVoter)]);
        foreach (SimServer server in Servers)
        {
            server.Start();
            if (configuration.IsVoter(server.Id)) server.Step((core, now) => Assert.True(core.TryBootstrap(now, configuration)));
        }
    }

    public void Run(TimeSpan duration) => Time.RunUntil(Time.Now + duration, () =>
    {
        foreach (SimServer server in Servers) Invariants.Check(server);
    });

    /// <summary>Proposes to every server that believes it leads.</summary>
    public void Propose()
    {
        foreach (SimServer server in Servers)
        {
            byte[] command = BitConverter.GetBytes(_nextCommand++);
            server.Step((core, now) => core.Propose(now, EntryType.Command, command));
        }
    }

    public override string ToString() => string.Join('\n', Servers.Select(s => s.ToString()).Prepend($"at {Time.Now}"));

    public SimServer Pick() => Servers[Random.Below((ulong)Servers.Length)];
}
