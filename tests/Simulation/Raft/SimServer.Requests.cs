using Consul.Fast.Consensus;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>What became of a client's request.</summary>
internal enum RequestOutcome
{
    /// <summary>It had no effect and never will.</summary>
    Refused,

    /// <summary>It may have had an effect, or may still have it.</summary>
    Unknown,

    Done,

    /// <summary>A compare-and-set found another value.</summary>
    Mismatched,
}

/// <summary>Proposals, consistent reads and the rest that others ask of a server; done as the real node does it.</summary>
internal sealed partial class SimServer
{
    private readonly Dictionary<ulong, Action<RequestOutcome>> _proposals = [];
    private readonly List<PendingRead> _reads = [];
    private bool _ready;

    /// <summary>Makes the first configuration, on a server that is in it.</summary>
    public void Bootstrap(ClusterConfiguration configuration) => Step((core, now) => core.TryBootstrap(now, configuration));

    public void Propose(SimCommand command, Action<RequestOutcome> done) =>
        Receive(() => Append(EntryType.Command, command.Encode(), done));

    /// <summary>A consistent read: leadership is confirmed with a quorum after it arrived.</summary>
    public void Read(int register, Action<RequestOutcome, ulong> done) => Receive(() =>
    {
        ulong round = _ready ? Core.VerifyLeader(Clock.Now) : 0;
        if (round == 0)
        {
            done(RequestOutcome.Refused, 0);
            return;
        }

        _reads.Add(new PendingRead(round, register, done));
        Pump();
    });

    /// <summary>Asks for a change of the servers; refused without notice when it cannot be now.</summary>
    public void Change(ConfigurationChange change) =>
        Step((core, now) =>
        {
            if (!_restoring) core.ChangeConfiguration(now, change, out _, out _);
        });

    /// <summary>Asks for leadership to be handed to a server, or to any.</summary>
    public void HandOver(string? target) =>
        Step((core, now) =>
        {
            if (!_restoring) core.TransferLeadership(now, target);
        });

    private void Append(EntryType type, byte[] data, Action<RequestOutcome> done)
    {
        // A real server lets them wait.
        ulong index = _restoring ? 0 : Core.Propose(Clock.Now, type, data);
        if (index == 0)
        {
            done(RequestOutcome.Refused);
            return;
        }

        _proposals[index] = done;
        Pump();
    }

    private Action<bool>? TakeWaiter(ulong index) => _proposals.Remove(index, out Action<RequestOutcome>? done)
        ? applied => done(applied ? RequestOutcome.Done : RequestOutcome.Mismatched)
        : null;

    private void OnRole(RaftRole role)
    {
        _ready = false;
        if (role == RaftRole.Leader)
        {
            _cluster.Ledger.OnLeader(this);
            After(TimeSpan.Zero, () => MakeReady(Core.Term));
            return;
        }

        FailProposals(0);
        RefuseReads();
        AbandonRestore();
    }

    /// <summary>A new leader answers reads once everything before its term is applied.</summary>
    private void MakeReady(ulong term)
    {
        if (!Leads || Core.Term != term) return;
        Append(EntryType.Barrier, [], outcome =>
        {
            if (outcome == RequestOutcome.Done) _ready = Leads && Core.Term == term;
            else After(TimeSpan.FromMilliseconds(100), () => MakeReady(term));
        });
    }

    private void RefuseReads()
    {
        _ready = false;
        foreach (PendingRead read in _reads) read.Done(RequestOutcome.Refused, 0);
        _reads.Clear();
    }

    private void CompleteVerified()
    {
        while (_reads.Count > 0 && _reads[0].Round <= Core.VerifiedRound)
        {
            PendingRead read = _reads[0];
            _reads.RemoveAt(0);
            read.Done(RequestOutcome.Done, Machine[read.Register]);
        }
    }

    private void FailProposals(ulong above)
    {
        foreach (ulong index in _proposals.Keys.Where(i => i > above).Order().ToArray())
        {
            _proposals.Remove(index, out Action<RequestOutcome>? done);
            done!(RequestOutcome.Unknown);
        }
    }

    private void ForgetRequests()
    {
        _proposals.Clear();
        _reads.Clear();
        _ready = false;
    }

    private readonly record struct PendingRead(ulong Round, int Register, Action<RequestOutcome, ulong> Done);
}
