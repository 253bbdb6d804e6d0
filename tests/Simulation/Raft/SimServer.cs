using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>One server: a real core, driven as the real node drives it, over simulated disk, clock, network and state machine.</summary>
internal sealed partial class SimServer
{
    private readonly SimCluster _cluster;
    private readonly SimWriter _writer;
    private readonly RaftOutput _output = new();
    private readonly Backlog _backlog;
    private TimeSpan? _armed;
    private TimeSpan _pausedUntil;
    private int _moves;

    public SimServer(SimCluster cluster, int number)
    {
        _cluster = cluster;
        Number = number;
        Id = $"s{number}";
        Address = $"{Id}:8300";
        Clock = new SimClock(cluster.Time);
        _backlog = new Backlog(cluster.Random);
        _writer = new SimWriter(Disk, cluster.Time, cluster.DiskRandom, OnSettled);
    }

    public int Number { get; }

    public string Id { get; }

    /// <summary>No address is ever used by two servers, nor again by the same.</summary>
    public string Address { get; private set; }

    /// <summary>It neither asks before a candidacy nor answers such a question.</summary>
    public bool IsStranger => _cluster.Shape.IsMixed && Number % 2 == 1;

    public SimDisk Disk { get; } = new();

    public SimWriter Writer => _writer;

    public SimClock Clock { get; }

    /// <summary>What is in force in this life; null while it is down.</summary>
    public SimApply Applier { get; private set; } = null!;

    public SimMachine Machine => Applier.Machine;

    /// <summary>Null while it is down.</summary>
    public RaftCore Core { get; private set; } = null!;

    public bool IsUp => Core is not null;

    /// <summary>True when the machine answers for a process that is down: callers know at once.</summary>
    public bool RefusesQuickly { get; private set; }

    public bool IsPaused => _cluster.Time.Now < _pausedUntil;

    public bool Leads => IsUp && Core.Role == RaftRole.Leader;

    /// <summary>Counts starts and ends; what belongs to an earlier life is void.</summary>
    public int Life { get; private set; }

    public ulong AppliedIndex => Applier.AppliedIndex;

    public TimeSpan ApplyLag { get; set; }

    /// <summary>What the checks remember of this server.</summary>
    public ServerRecord Record { get; } = new();

    /// <summary>One line for failure messages.</summary>
    public override string ToString()
    {
        if (!IsUp) return $"{Id} down, disk {Disk.FirstIndex}-{Disk.LastIndex} snapshot {Disk.SnapshotIndex} {Disk.HardState}";
        string members = string.Join(',', Core.Latest.Configuration.Servers.Select(s => s.Suffrage == Suffrage.Voter ? s.Id : $"({s.Id})"));
        return $"{Id} {Core.Role} term {Core.Term} leader '{Core.Leader}' log {Core.FirstIndex}-{Core.LastIndex}/{Core.LastTerm} " +
            $"durable {Core.DurableIndex} commit {Core.CommitIndex} applied {AppliedIndex} " +
            $"snapshot {Core.SnapshotIndex}/{Core.SnapshotTerm} members {members}@{Core.Latest.Index} committed @{Core.Committed.Index}" +
            (IsPaused ? " paused" : "");
    }

    public void Start()
    {
        Life++;
        SimMachine machine = new();
        RecoveredState state = new Recovery(Disk, Disk, machine, NullLogger.Instance).Run();
        // A clock of the wall that jumps between two lives must not matter: it only stamps entries.
        DateTime epoch = DateTime.UnixEpoch.AddSeconds(_cluster.Random.Below(1_000_000_000));
        CoreSettings settings = new(Id, Address, SimCluster.Timings, MaxAppendEntries: 4, _cluster.Random.NextUInt64(), epoch);
        Clock.Restart(TimeSpan.FromMilliseconds(_cluster.Random.Below(100_000)));
        _output.Clear();
        Core = new RaftCore(settings, state, _output);
        Applier = new SimApply(this, _cluster, machine) { Lag = ApplyLag };
        Applier.SetPosition(state.SnapshotIndex, state.SnapshotTerm, state.SnapshotConfiguration);
        Record.OnStart(this);
        _armed = null;
        Core.Start(Clock.Now);
        Pump();
    }

    /// <param name="refusesQuickly">The process is gone, but its machine is there.</param>
    public void Crash(bool refusesQuickly)
    {
        Life++;
        RefusesQuickly = refusesQuickly;
        _pausedUntil = default;
        _backlog.Clear();
        ForgetRequests();
        ForgetTurns();
        _restore = null;
        _writer.Crash();
        Core = null!;
    }

    /// <summary>Stands still for a while; everything that comes in waits.</summary>
    public void Pause(TimeSpan duration)
    {
        if (!IsUp || IsPaused) return;
        int life = Life;
        _pausedUntil = _cluster.Time.Now + duration;
        _cluster.Time.After(duration, () =>
        {
            if (life == Life) Resume();
        });
    }

    public void Resume()
    {
        _pausedUntil = default;
        int life = Life;
        _backlog.Open();
        while (life == Life && !IsPaused && _backlog.TryTake(out Action? next)) next();
    }

    /// <summary>A new address under the same identity; takes effect while it is down.</summary>
    public void Move() => Address = $"{Id}:{8300 + ++_moves}";

    /// <summary>Gives the core an input and carries out what comes of it.</summary>
    public void Step(Action<RaftCore, TimeSpan> input) => Receive(() =>
    {
        input(Core, Clock.Now);
        Pump();
    });

    /// <summary>Does something on this server some time later, unless it went down meanwhile.</summary>
    public void After(TimeSpan delay, Action action)
    {
        int life = Life;
        _cluster.Time.After(delay, () =>
        {
            if (life == Life) Do(action);
        });
    }

    private void Do(Action action)
    {
        if (!IsUp) return;
        if (IsPaused) _backlog.Keep(action);
        else action();
    }

    /// <summary>Does what a message demands.</summary>
    private void Receive(Action action)
    {
        if (!IsUp) return;
        if (IsPaused) _backlog.KeepMessage(action);
        else action();
    }

    private void Pump()
    {
        Core.Flush(Clock.Now);
        _cluster.Checks.OnOutput(this, _output);
        _cluster.Ledger.OnStep(this);
        foreach (RaftRole role in _output.Roles) OnRole(role);
        if (_output.WriteId != 0)
        {
            _writer.Enqueue(new Write(
                _output.WriteId, _output.WriteGeneration, _output.ResetLog, _output.HardState, [.. _output.Entries]));
        }

        for (int i = 0; i < _output.Committed.Count; i++)
        {
            ulong index = _output.FirstCommitted + (ulong)i;
            Applier.Enqueue(index, _output.Committed[i], TakeWaiter(index));
        }

        foreach (PeerReply reply in _output.Replies) _cluster.Network.Reply(this, (SimCall)reply.Token, reply.Response);
        foreach (PeerRequest request in _output.Requests) _cluster.Network.Send(this, request);
        SnapshotInstall? install = _output.Install;
        if (_output.CancelInstall) _cancelled = true;
        if (_output.WantSnapshot) After(TimeSpan.Zero, TakeSnapshot);
        _output.Clear();
        if (install is not null) Install(install);
        CompleteVerified();
        ContinueRestore();
        Arm();
    }

    private void OnSettled(Write write, bool success) => Do(() =>
    {
        if (success)
        {
            Core.OnWritten(Clock.Now, write.Id);
        }
        else
        {
            Core.OnWriteFailed(Clock.Now, write.Generation);
            FailProposals(Core.DurableIndex);
            _cluster.Checks.OnWriteFailed(this);
        }

        Pump();
    });

    private void Tick()
    {
        _armed = null;
        Core.OnTick(Clock.Now);
        Pump();
    }

    private void Arm()
    {
        if (Core.NextDeadline is not { } deadline || (_armed is { } armed && armed <= deadline)) return;
        _armed = deadline;
        TimeSpan wait = Clock.Until(deadline);
        int life = Life;
        _cluster.Time.After(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), () =>
        {
            if (life != Life || _armed != deadline) return;
            if (IsPaused) _backlog.KeepTick(Tick);
            else Tick();
        });
    }
}
