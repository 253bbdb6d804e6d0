using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>One server: a real core over a simulated disk, network and state machine.</summary>
internal sealed class SimServer
{
    private const ulong TrailingLogs = 8;

    private readonly SimCluster _cluster;
    private readonly SimWriter _writer;
    private readonly RaftOutput _output = new();
    private ulong _machineIndex;
    private ulong _machineTerm;
    private ConfigurationPoint _appliedConfiguration = ConfigurationPoint.None;
    private TimeSpan? _armed;

    public SimServer(SimCluster cluster, string id)
    {
        _cluster = cluster;
        Id = id;
        _writer = new SimWriter(Disk, cluster.Time, cluster.Random, OnSettled);
    }

    public string Id { get; }

    public string Address => $"{Id}:8300";

    public RaftServer AsVoter => new(Suffrage.Voter, Id, Address);

    public SimDisk Disk { get; } = new();

    public SimMachine Machine { get; private set; } = new();

    /// <summary>Null while it is down.</summary>
    public RaftCore Core { get; private set; } = null!;

    public bool IsUp => Core is not null;

    /// <summary>Counts starts; what belongs to an earlier life is void.</summary>
    public int Life { get; private set; }

    public ulong AppliedIndex { get; private set; }

    public bool DiskFaulty
    {
        get => _writer.Faulty;
        set => _writer.Faulty = value;
    }

    public ulong DiskSlowPerMille
    {
        get => _writer.SlowPerMille;
        set => _writer.SlowPerMille = value;
    }

    /// <summary>One line for failure messages.</summary>
    public override string ToString()
    {
        if (!IsUp) return $"{Id} down";
        string members = string.Join(',', Core.Latest.Configuration.Servers.Select(s => s.Suffrage == Suffrage.Voter ? s.Id : $"({s.Id})"));
        return $"{Id} {Core.Role} term {Core.Term} leader '{Core.Leader}' log {Core.FirstIndex}-{Core.LastIndex}/{Core.LastTerm} " +
            $"durable {Core.DurableIndex} commit {Core.CommitIndex} applied {AppliedIndex} " +
            $"snapshot {Core.SnapshotIndex}/{Core.SnapshotTerm} members {members}@{Core.Latest.Index}";
    }

    public void Start()
    {
        Life++;
        Machine = new SimMachine();
        RecoveredState state = new Recovery(Disk, Disk, Machine, NullLogger.Instance).Run();
        CoreSettings settings = new(
            Id, Address, SimCluster.Timings, MaxAppendEntries: 4, _cluster.Random.NextUInt64(), DateTime.UnixEpoch);
        _output.Clear();
        Core = new RaftCore(settings, state, _output);
        SetApplied(state.SnapshotIndex, state.SnapshotTerm, state.SnapshotConfiguration);
        _armed = null;
        Core.Start(_cluster.Time.Now);
        Pump();
    }

    public void Crash()
    {
        Life++;
        _writer.Crash();
        Core = null!;
    }

    /// <summary>Gives the core an input and carries out what comes of it.</summary>
    public void Step(Action<RaftCore, TimeSpan> input)
    {
        if (!IsUp) return;
        input(Core, _cluster.Time.Now);
        Pump();
    }

    public void TakeSnapshot()
    {
        if (!IsUp || _machineIndex <= Core.SnapshotIndex || _appliedConfiguration.Index > _machineIndex) return;
        Disk.StoreSnapshot(
            _machineIndex, _machineTerm, _appliedConfiguration.Configuration, _appliedConfiguration.Index, SavedAtMachineIndex());
        ulong keepFrom = Core.FirstIndex;
        if (Core.LastIndex > TrailingLogs) keepFrom = Math.Max(keepFrom, Math.Min(_machineIndex, Core.LastIndex - TrailingLogs) + 1);
        Disk.TruncateHead(keepFrom - 1);
        Step((core, _) => core.OnSnapshotTaken(_machineIndex, _machineTerm, _appliedConfiguration, keepFrom));
    }

    /// <summary>A follower receives a leader's snapshot.</summary>
    private void Install(SnapshotInstall install)
    {
        int life = Life;
        _cluster.Time.After(_cluster.Random.Spread(TimeSpan.FromMilliseconds(30)), () =>
        {
            if (life != Life) return;
            SnapshotRequest request = install.Request;
            byte[]? state = ((SimCall)install.Token).SnapshotState;
            bool usable = state is not null && request.LastLogIndex > AppliedIndex && request.LastLogIndex > Core.CommitIndex;
            if (usable)
            {
                Disk.StoreSnapshot(
                    request.LastLogIndex, request.LastLogTerm, request.Configuration.Configuration, request.Configuration.Index, state!);
                using MemoryStream stream = new(state!);
                Machine.Restore(stream);
                SetApplied(request.LastLogIndex, request.LastLogTerm, request.Configuration);
            }

            Step((core, now) => core.OnSnapshotInstalled(now, install, usable));
        });
    }

    // Entries after the last command do not change the state, so it is the one at the machine's index.
    private byte[] SavedAtMachineIndex() => Machine.Save();

    private void SetApplied(ulong index, ulong term, ConfigurationPoint configuration)
    {
        AppliedIndex = index;
        _machineIndex = index;
        _machineTerm = term;
        _appliedConfiguration = configuration;
    }

    private void Pump()
    {
        Core.Flush(_cluster.Time.Now);
        _cluster.Checks.OnOutput(this, _output);
        foreach (RaftRole role in _output.Roles)
        {
            if (role == RaftRole.Leader) _cluster.Invariants.OnLeader(this);
        }

        if (_output.WriteId != 0)
        {
            _writer.Enqueue(new Write(
                _output.WriteId, _output.WriteGeneration, _output.ResetLog, _output.HardState, [.. _output.Entries]));
        }

        for (int i = 0; i < _output.Committed.Count; i++) Apply(_output.FirstCommitted + (ulong)i, _output.Committed[i]);
        foreach (PeerReply reply in _output.Replies) _cluster.Network.Reply(this, (SimCall)reply.Token, reply.Response);
        foreach (PeerRequest request in _output.Requests) _cluster.Network.Send(this, request);
        if (_output.Install is { } install) Install(install);
        _output.Clear();
        Arm();
    }

    private void Apply(ulong index, LogEntry? cached)
    {
        LogEntry? entry = cached;
        if (entry is null && !Disk.TryRead(index, out entry)) throw new InvariantException($"{Id} cannot read committed entry {index}");
        _cluster.Invariants.OnApply(this, entry!);
        if (entry!.Type == EntryType.Command)
        {
            Machine.Apply([entry], new object?[1]);
            _machineIndex = index;
            _machineTerm = entry.Term;
        }
        else if (Consensus.Wire.ConfigurationCodec.TryDecode(entry, out ClusterConfiguration decoded))
        {
            _appliedConfiguration = new ConfigurationPoint(decoded, index);
        }

        AppliedIndex = index;
        _cluster.Invariants.OnState(this);
    }

    private void OnSettled(Write write, bool success)
    {
        if (success) Step((core, now) => core.OnWritten(now, write.Id));
        else Step((core, now) => core.OnWriteFailed(now, write.Generation));
        if (!success && IsUp) _cluster.Checks.OnWriteFailed(this);
    }

    private void Arm()
    {
        if (Core.NextDeadline is not { } deadline || (_armed is { } armed && armed <= deadline)) return;
        TimeSpan now = _cluster.Time.Now;
        TimeSpan at = deadline > now ? deadline : now + TimeSpan.FromMilliseconds(1);
        _armed = at;
        int life = Life;
        _cluster.Time.After(at - now, () =>
        {
            if (life != Life || _armed != at) return;
            _armed = null;
            Step((core, time) => core.OnTick(time));
        });
    }
}
