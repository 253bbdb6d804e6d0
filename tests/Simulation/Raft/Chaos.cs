using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>
/// Does to a cluster what the world does, at random times, and finally repairs everything. Every run leaves out some kinds of
/// harm, so that the others are not always disturbed by them.
/// </summary>
internal sealed class Chaos
{
    private readonly SimCluster _cluster;
    private readonly SeededRandom _random;
    private readonly List<Action> _harms = [];
    private readonly TimeSpan _pause;
    private bool _stopped;

    public Chaos(SimCluster cluster)
    {
        _cluster = cluster;
        _random = cluster.Random;
        _pause = TimeSpan.FromMilliseconds(300 + _random.Below(2000));
        Add(4, () => Crash(_cluster.Pick(), Duration()));
        Add(2, () => Crash(_cluster.Pick(), TimeSpan.FromMilliseconds(_random.Below(100))));
        Add(3, () => WithLeader(leader => Crash(leader, Duration())));
        Add(2, () => _cluster.Pick().Pause(Duration()));
        Add(2, () => WithLeader(leader => leader.Pause(Duration())));
        // Long enough for another to lead and to change things.
        Add(3, () => WithLeader(leader => leader.Pause(TimeSpan.FromMilliseconds(2500 + _random.Below(3000)))));
        Add(3, SplitNetwork);
        Add(3, CutOneWay);
        Add(2, () => WithLeader(CutOff));
        Add(2, () => _cluster.Network.Slow(_cluster.Pick(), _cluster.Pick()));
        Add(2, () => BreakDisk(_cluster.Pick()));
        Add(2, () => StallDisk(_cluster.Pick()));
        Add(2, () => WithLeader(StallDisk));
        Add(2, () => _cluster.Pick().Clock.SetRate(0.8 + (0.4 * _random.Below(1000) / 1000)));
        Add(5, () => _cluster.Pick().TakeSnapshot());
        Add(2, () => _cluster.Pick().ApplyLag = _random.Below(2) == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(_random.Below(1000)));
        Add(2, () => WithLeader(HandOver));
        if (cluster.Shape.Restores) Add(4, () => WithLeader(leader => RestoringUser.Restore(_cluster, leader, _random)));
        if (cluster.Shape.ChangesMembers)
        {
            Add(12, ChangeMember);
            Add(4, () => { ChangeMember(); ChangeMember(); });
            Add(3, ChangeMemberAndCrash);
            Add(3, Move);
        }
    }

    public void Start()
    {
        SimNetwork network = _cluster.Network;
        network.LossPerMille = Sometimes(80);
        network.DuplicatePerMille = Sometimes(80);
        network.SlowPerMille = Sometimes(20);
        foreach (SimServer server in _cluster.Servers) server.Writer.SlowPerMille = Sometimes(30);
        HarmForEver();
    }

    /// <summary>All servers up, all disks good, the network whole.</summary>
    public void Heal()
    {
        _stopped = true;
        SimNetwork network = _cluster.Network;
        (network.LossPerMille, network.DuplicatePerMille, network.SlowPerMille) = (0, 0, 0);
        network.Join();
        foreach (SimServer server in _cluster.Servers)
        {
            RepairDisk(server);
            server.Writer.SlowPerMille = 0;
            server.ApplyLag = TimeSpan.Zero;
            if (!server.IsUp) server.Start();
            server.Applier.Lag = TimeSpan.Zero;
            if (server.IsPaused) server.Resume();
        }
    }

    /// <summary>A kind of harm with a weight; left out in some runs.</summary>
    private void Add(int weight, Action harm)
    {
        if (_random.Below(3) == 0) return;
        for (int i = 0; i < weight; i++) _harms.Add(harm);
    }

    private void HarmForEver()
    {
        if (_stopped) return;
        if (_harms.Count > 0) _harms[(int)_random.Below((ulong)_harms.Count)]();
        if (_random.Below(6) == 0) _cluster.Network.Join();
        _cluster.Time.After(_random.Spread(_pause), HarmForEver);
    }

    private void WithLeader(Action<SimServer> harm)
    {
        if (_cluster.Leader is { } leader) harm(leader);
    }

    private void Crash(SimServer server, TimeSpan duration)
    {
        if (!server.IsUp) return;
        server.Crash(refusesQuickly: _random.Below(2) == 0);
        _cluster.Time.After(duration, () =>
        {
            if (!server.IsUp) server.Start();
        });
    }

    private void SplitNetwork()
    {
        ulong sides = _random.NextUInt64();
        _cluster.Network.Split(_cluster.Servers, s => (int)((sides >> s.Number) & 1));
        JoinLater();
    }

    private void CutOneWay()
    {
        SimServer from = _cluster.Pick();
        SimServer to = _cluster.Pick();
        bool all = _random.Below(2) == 0;
        foreach (SimServer server in _cluster.Servers)
        {
            if (server != from && (all || server == to)) _cluster.Network.Cut(from, server);
        }

        JoinLater();
    }

    private void CutOff(SimServer server)
    {
        _cluster.Network.Split(_cluster.Servers, s => s == server ? 1 : 0);
        JoinLater();
    }

    private void JoinLater() => _cluster.Time.After(Duration(), _cluster.Network.Join);

    private void HandOver(SimServer leader)
    {
        string? target = _random.Below(2) == 0 ? null : _cluster.Pick().Id;
        leader.HandOver(target);
    }

    private void BreakDisk(SimServer server)
    {
        server.Writer.Faulty = true;
        _cluster.Time.After(Duration(), () => server.Writer.Faulty = false);
    }

    private void StallDisk(SimServer server) => server.Writer.StalledUntil = _cluster.Time.Now + Duration();

    private static void RepairDisk(SimServer server)
    {
        server.Writer.Faulty = false;
        server.Writer.StalledUntil = default;
    }

    private void ChangeMember()
    {
        SimServer member = _cluster.Pick();
        ConfigurationChange change = new((ConfigurationChangeKind)_random.Below(4), member.Id, member.Address);
        if (_cluster.Leader is not { } leader) return;
        bool takesVote = change.Kind is ConfigurationChangeKind.Demote or ConfigurationChangeKind.Remove;
        // A leader that takes its own vote away and then loses leadership no longer stands for election, yet its longer log
        // keeps the other of two from winning: known of this protocol version, so more voters have to be left.
        if (takesVote && member == leader && ConfigurationRules.CountVoters(leader.Core.Latest.Configuration) < 4) return;
        leader.Change(change);
    }

    /// <summary>The leader goes down while its change is on the way to disks.</summary>
    private void ChangeMemberAndCrash()
    {
        if (_cluster.Leader is not { } leader) return;
        ChangeMember();
        _cluster.Time.After(TimeSpan.FromMicroseconds(_random.Below(8000)), () => Crash(leader, Duration()));
    }

    /// <summary>A server comes back under another address, and whoever leads then writes that down.</summary>
    private void Move()
    {
        SimServer server = _cluster.Pick();
        if (server.IsUp) server.Crash(refusesQuickly: true);
        server.Move();
        _cluster.Time.After(Duration(), () =>
        {
            if (!server.IsUp) server.Start();
            if (_cluster.Leader is { } leader) Membership.CorrectAddresses(_cluster, leader);
        });
    }

    private ulong Sometimes(ulong upTo) => _random.Below(3) == 0 ? 0 : _random.Below(upTo);

    /// <summary>Mostly shorter than an election takes, sometimes long enough for several.</summary>
    private TimeSpan Duration() => TimeSpan.FromMilliseconds(100 + _random.Below(_random.Below(3) == 0 ? 8000u : 1800u));
}
