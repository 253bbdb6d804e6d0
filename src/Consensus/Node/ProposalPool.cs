namespace Consul.Fast.Consensus.Node;

/// <summary>Proposals for re-use, and the gate they pass. Thread safe.</summary>
internal sealed class ProposalPool(ProposalGate gate)
{
    private const int MaxKept = 1024;

    private readonly Lock _lock = new();
    private readonly Stack<Proposal> _free = new();

    public ProposalGate Gate => gate;

    public Proposal Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out Proposal? proposal)) return proposal;
        }

        return new Proposal(this);
    }

    public void Return(Proposal proposal)
    {
        lock (_lock)
        {
            if (_free.Count < MaxKept) _free.Push(proposal);
        }
    }
}
