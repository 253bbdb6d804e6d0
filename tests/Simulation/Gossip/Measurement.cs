using System.Diagnostics;
using System.Globalization;
using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Options;

namespace Consul.Fast.Simulation.Tests.Gossip;

/// <summary>
/// One run of a complete pool that measures what the protocol promises: an event is fired, a few members crash, and some
/// members are slow: for seconds, again and again, their packets wait while their timers run.
/// </summary>
/// <param name="Lifeguard">Off: fixed suspicion time-outs, no doubt in oneself, suspects are not told.</param>
/// <param name="SlowPercent">Share of slow members.</param>
internal sealed record MeasurementPlan(int Nodes, bool Lifeguard, double SlowPercent, ulong Seed, TimeSpan Duration)
{
    public const string CsvHeader =
        "nodes,lifeguard,slow_percent,seed,simulated_s,wall_s,cpu_s,events,packets_per_node_s,bytes_per_node_s_quiet,bytes_per_node_s_all,stream_bytes_per_node_s,bytes_per_exchange,"
        + "event_99_s,event_100_s,detect_first_s,detect_50_s,detect_99_s,detect_100_s,undetected,"
        + "false_healthy_members,false_healthy_notices,false_slow_notices,refutations";
}

internal sealed class Measurement : ISimObserver
{
    private const int Crashes = 5;
    private static readonly TimeSpan s_fireAt = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_crashAt = TimeSpan.FromSeconds(12);

    /// <summary>Packets of a slow member wait for up to this: enough to miss every time-out at times.</summary>
    private static readonly TimeSpan s_heldMax = TimeSpan.FromSeconds(20);

    /// <summary>And then flow for up to this.</summary>
    private static readonly TimeSpan s_flowMax = TimeSpan.FromSeconds(1);

    private readonly MeasurementPlan _plan;
    private readonly SimPool _pool;
    private readonly HashSet<int> _slow = [];
    private readonly Dictionary<int, List<TimeSpan>> _crashed = [];
    private readonly List<TimeSpan> _heard = [];
    private readonly HashSet<int> _falselyFailed = [];
    private long _quietBytes;
    private long _falseHealthy;
    private long _falseSlow;
    private long _refutations;

    public Measurement(MeasurementPlan plan)
    {
        _plan = plan;
        SwimOptions swim = SwimOptions.ConsulLan;
        if (!plan.Lifeguard) swim = swim with { AwarenessMax = 1, SuspicionMaxTimeoutMult = 1, TellSuspects = false };
        _pool = new SimPool(plan.Seed, plan.Nodes, swim, SerfOptions.Consul, this);
    }

    /// <summary>Runs and returns one line of the table.</summary>
    public string Run()
    {
        Stopwatch watch = Stopwatch.StartNew();
        TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
        _pool.StartComplete();
        PickSlow();
        _pool.RunFor(s_fireAt);
        _quietBytes = _pool.Network.BytesSent;
        SimNode speaker = PickHealthy();
        speaker.Step((core, now) => core.FireEvent(now, "deploy"u8.ToArray(), "0123456789abcdef"u8.ToArray(), canCoalesce: false, out _));
        _pool.RunFor(s_crashAt - _pool.Now);
        for (int i = 0; i < Crashes; i++)
        {
            SimNode victim = PickHealthy();
            _crashed[victim.Index] = [];
            victim.Crash();
        }

        _pool.RunFor(_plan.Duration - _pool.Now);
        return Report(watch.Elapsed, Environment.CpuUsage.TotalTime - cpuBefore);
    }

    public void OnMember(SimNode at, in MemberNotice notice)
    {
        if (notice.Change != MemberChange.Failed || _slow.Contains(at.Index)) return;
        int member = SimPool.IndexOf(notice.Member.Address);
        if (_crashed.TryGetValue(member, out List<TimeSpan>? times))
        {
            times.Add(_pool.Now - s_crashAt);
        }
        else if (_slow.Contains(member))
        {
            _falseSlow++;
        }
        else
        {
            _falseHealthy++;
            _falselyFailed.Add(member);
        }
    }

    public void OnUserEvent(SimNode at, in UserEvent message)
    {
        if (!_slow.Contains(at.Index)) _heard.Add(_pool.Now - s_fireAt);
    }

    public void OnWarning(SimNode at, in Warning warning)
    {
        if (warning.Kind == WarningKind.Refuted) _refutations++;
    }

    public void OnAnswer(SimNode at)
    {
    }

    public void AfterEvent(SimNode? node)
    {
    }

    private static string Seconds(double value) => double.IsNaN(value) ? "" : value.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>When this share of <paramref name="expected"/> had it; NaN when that never came.</summary>
    private static double Quantile(List<TimeSpan> times, int expected, double share)
    {
        int index = Math.Max(0, (int)Math.Ceiling(expected * share) - 1);
        return index < times.Count ? times.Order().ElementAt(index).TotalSeconds : double.NaN;
    }

    private void PickSlow()
    {
        int count = (int)Math.Round(_plan.Nodes * _plan.SlowPercent / 100);
        while (_slow.Count < count)
        {
            int index = _pool.Random.Below(_plan.Nodes);
            if (_slow.Add(index)) _pool.After(_pool.Random.Below(s_heldMax), () => Stall(_pool.Nodes[index]));
        }
    }

    private void Stall(SimNode node)
    {
        node.Hold();
        _pool.After(_pool.Random.Below(s_heldMax), () =>
        {
            node.Release();
            _pool.After(_pool.Random.Below(s_flowMax), () => Stall(node));
        });
    }

    private SimNode PickHealthy()
    {
        SimNode node = _pool.Pick();
        while (_slow.Contains(node.Index) || !node.IsUp) node = _pool.Pick();
        return node;
    }

    private string Report(TimeSpan wall, TimeSpan cpu)
    {
        int healthy = _plan.Nodes - _slow.Count;
        int observers = healthy - Crashes;
        double[] Over(double share) => [.. _crashed.Values.Select(times => Quantile(times, observers, share)).Order()];
        double Median(double share) => Over(share)[Crashes / 2];
        int undetected = _crashed.Values.Count(times => times.Count < observers);
        double perNodeSecond = _plan.Nodes * _plan.Duration.TotalSeconds;
        // The slowest crash of all for everybody, the middle one otherwise.
        return string.Join(',',
            _plan.Nodes, _plan.Lifeguard ? "on" : "off", _plan.SlowPercent.ToString(CultureInfo.InvariantCulture), _plan.Seed,
            Seconds(_plan.Duration.TotalSeconds), Seconds(wall.TotalSeconds), Seconds(cpu.TotalSeconds), _pool.EventsRun,
            Seconds(_pool.Network.PacketsSent / perNodeSecond), Seconds(_quietBytes / (_plan.Nodes * s_fireAt.TotalSeconds)),
            Seconds(_pool.Network.BytesSent / perNodeSecond),
            Seconds(_pool.Network.StreamBytes / perNodeSecond),
            _pool.SizeOfExchange(PickHealthy(), PickHealthy()),
            Seconds(Quantile(_heard, healthy, 0.99)), Seconds(Quantile(_heard, healthy, 1)),
            Seconds(Median(0)), Seconds(Median(0.5)), Seconds(Median(0.99)), Seconds(Over(1).Max()), undetected,
            _falselyFailed.Count, _falseHealthy, _falseSlow, _refutations);
    }
}
