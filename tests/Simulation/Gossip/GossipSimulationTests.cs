using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Core.Serf;

namespace Consul.Fast.Simulation.Tests.Gossip;

/// <summary>
/// Seeded runs of whole pools. A failure names its seed; <c>GOSSIP_SEED=n</c> in the environment runs that one alone,
/// <c>GOSSIP_SEEDS=n</c> runs more of them.
/// </summary>
public sealed class GossipSimulationTests
{
    private const int SeedsPerShape = 24;

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(20)]
    public void Pools_stay_sane_through_faults_and_converge(int nodes)
    {
        foreach (ulong seed in Seeds()) Play(seed, nodes, run => run.Play());
    }

    [Fact]
    public void Members_that_answer_are_not_left_for_dead_while_faults_go_on()
    {
        foreach (ulong seed in Seeds()) Play(seed, 16, run => run.Wear());
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        Assert.Equal(new Run(7, 6).Play(), new Run(7, 6).Play());
        Assert.NotEqual(new Run(7, 6).Play(), new Run(8, 6).Play());
    }

    private static void Play(ulong seed, int nodes, Action<Run> play)
    {
        Run run = new(seed, nodes);
        try
        {
            play(run);
        }
        catch (Exception e)
        {
            Assert.Fail($"GOSSIP_SEED={seed} nodes={nodes} at {run.Pool.Now}: {e}\n{string.Join('\n', run.Pool.Nodes.Select(n => n.ToString()))}");
        }
    }

    private static IEnumerable<ulong> Seeds()
    {
        if (Environment.GetEnvironmentVariable("GOSSIP_SEED") is { } one) return [ulong.Parse(one)];
        int count = Environment.GetEnvironmentVariable("GOSSIP_SEEDS") is { } many ? int.Parse(many) : SeedsPerShape;
        return Enumerable.Range(1, count).Select(i => (ulong)i);
    }

    /// <summary>One pool through chaos, repair and a last event that everybody must hear of.</summary>
    private sealed class Run : ISimObserver
    {
        private readonly PoolInvariants _invariants;
        private readonly HashSet<int> _heard = [];

        public Run(ulong seed, int nodes)
        {
            Pool = new SimPool(seed, nodes, SwimOptions.ConsulLan, SerfOptions.Consul, this);
            _invariants = new PoolInvariants(Pool);
        }

        public SimPool Pool { get; }

        public (long Events, long Bytes) Play()
        {
            PoolChaos chaos = new(Pool);
            chaos.Begin();
            Pool.RunFor(TimeSpan.FromSeconds(10));
            chaos.Start();
            Pool.RunFor(TimeSpan.FromSeconds(120));
            chaos.Heal();
            Pool.RunFor(TimeSpan.FromMinutes(6));
            _invariants.CheckConverged();
            _invariants.StaysConverged = true;
            SimNode speaker = Pool.Nodes.FirstOrDefault(n => n.Core?.State == PoolState.Alive)
                ?? throw new InvariantException("nobody was left to speak");
            speaker.Step((core, now) => core.FireEvent(now, "last"u8.ToArray(), default, canCoalesce: false, out _));
            // Gossip reaches nearly everybody, the next state exchange the rest.
            Pool.RunFor(TimeSpan.FromMinutes(2));
            foreach (SimNode node in Pool.Nodes)
            {
                if (node.Core?.State == PoolState.Alive && !_heard.Contains(node.Index)) throw new InvariantException($"{node} did not hear the last event");
            }

            return (Pool.EventsRun, Pool.Network.BytesSent);
        }

        /// <summary>Ten minutes of faults that never stop, under the eyes of the invariants alone.</summary>
        public void Wear()
        {
            PoolChaos chaos = new(Pool);
            chaos.Begin();
            Pool.RunFor(TimeSpan.FromSeconds(10));
            chaos.Wear(stalling: 2, crashing: 2);
            Pool.RunFor(TimeSpan.FromMinutes(10));
        }

        public void OnMember(SimNode at, in MemberNotice notice)
        {
        }

        public void OnUserEvent(SimNode at, in UserEvent message)
        {
            if (message.Name.Span.SequenceEqual("last"u8)) _heard.Add(at.Index);
        }

        public void OnWarning(SimNode at, in Warning warning)
        {
        }

        public void OnAnswer(SimNode at)
        {
        }

        public void AfterEvent(SimNode? node)
        {
            if (node is not null) _invariants.Check(node);
        }
    }
}
