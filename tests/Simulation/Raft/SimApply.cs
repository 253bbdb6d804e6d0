using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Wire;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>
/// Feeds what is committed to the state machine of one life of a server, in order, at once or some time later, as a loop of its
/// own would.
/// </summary>
internal sealed class SimApply(SimServer server, SimCluster cluster, SimMachine machine)
{
    private readonly Queue<Action> _turns = new();
    private readonly object?[] _result = new object?[1];
    private bool _running;

    /// <summary>How long what is committed waits.</summary>
    public TimeSpan Lag { get; set; }

    public SimMachine Machine => machine;

    public ulong AppliedIndex { get; private set; }

    /// <summary>Last command or barrier in the state, which is where a snapshot ends.</summary>
    public ulong MachineIndex { get; private set; }

    public ulong MachineTerm { get; private set; }

    public ConfigurationPoint Configuration { get; private set; } = ConfigurationPoint.None;

    public void SetPosition(ulong index, ulong term, ConfigurationPoint configuration)
    {
        AppliedIndex = index;
        MachineIndex = index;
        MachineTerm = term;
        Configuration = configuration;
    }

    /// <summary>Replaces the state; what it was can be taken back.</summary>
    public EarlierState Restore(byte[] state, ulong index, ulong term, ConfigurationPoint configuration)
    {
        EarlierState before = new(machine.Capture(), AppliedIndex, MachineIndex, MachineTerm, Configuration);
        using MemoryStream stream = new(state);
        machine.Restore(stream);
        SetPosition(index, term, configuration);
        return before;
    }

    public void Revert(EarlierState before)
    {
        machine.Revert(before.State);
        (AppliedIndex, MachineIndex, MachineTerm, Configuration) =
            (before.AppliedIndex, before.MachineIndex, before.MachineTerm, before.Configuration);
    }

    /// <param name="waiter">Gets the command's result.</param>
    public void Enqueue(ulong index, LogEntry? entry, Action<bool>? waiter) => RunInTurn(() => Apply(index, entry, waiter));

    /// <summary>Runs something after everything enqueued before.</summary>
    public void RunInTurn(Action turn)
    {
        _turns.Enqueue(turn);
        if (_running) return;
        _running = true;
        if (Lag == TimeSpan.Zero) RunTurns();
        else server.After(Lag, RunTurns);
    }

    private void RunTurns()
    {
        while (_turns.TryDequeue(out Action? turn)) turn();
        _running = false;
    }

    private void Apply(ulong index, LogEntry? cached, Action<bool>? waiter)
    {
        LogEntry? entry = cached;
        if (entry is null && !server.Disk.TryRead(index, out entry))
        {
            throw new InvariantException($"{server.Id} cannot read committed entry {index}");
        }

        cluster.Ledger.OnApply(server, entry);
        if (entry.Type is EntryType.Command or EntryType.Barrier)
        {
            MachineIndex = index;
            MachineTerm = entry.Term;
        }

        _result[0] = true;
        if (entry.Type == EntryType.Command) machine.Apply([entry], _result);
        else if (ConfigurationCodec.TryDecode(entry, out ClusterConfiguration decoded)) Configuration = new(decoded, index);
        AppliedIndex = index;
        cluster.Ledger.OnState(server);
        waiter?.Invoke((bool)_result[0]!);
    }
}

/// <summary>A state to come back to.</summary>
internal sealed record EarlierState(
    IStateCapture State, ulong AppliedIndex, ulong MachineIndex, ulong MachineTerm, ConfigurationPoint Configuration);
