using System.Diagnostics;

namespace Consul.Fast.Consensus.Node;

/// <summary>Proposals whose entries are appended and not committed, in log order. Belongs to the Raft loop.</summary>
internal sealed class PendingProposals(FinishedProposals finished)
{
    private readonly Queue<Proposal> _waiting = new();
    private ulong _newest;

    public int Count => _waiting.Count;

    public void Add(Proposal proposal, ulong index)
    {
        proposal.Index = index;
        proposal.Appended = Stopwatch.GetTimestamp();
        _newest = index;
        _waiting.Enqueue(proposal);
    }

    /// <summary>The proposal of a committed entry, or null.</summary>
    public Proposal? TakeCommitted(ulong index) =>
        _waiting.TryPeek(out Proposal? first) && first.Index == index ? _waiting.Dequeue() : null;

    /// <summary>Fails the proposals whose entries are above <paramref name="index"/>.</summary>
    public void FailAbove(ulong index, string error)
    {
        if (_newest <= index) return;
        for (int left = _waiting.Count; left > 0; left--)
        {
            Proposal proposal = _waiting.Dequeue();
            if (proposal.Index <= index) _waiting.Enqueue(proposal);
            else finished.Add(proposal, new ProposalResult(0, null, error));
        }
    }
}
