namespace Consul.Fast.Consensus.Node;

/// <summary>
/// Collects finished proposals and completes them away from the loop that finished them, in groups: callers' continuations
/// run on pool threads, several in a row on each, so that one thread switch serves many.
/// </summary>
/// <remarks>Belongs to one loop. Chains run through <see cref="LoopItem.Next"/>; nothing is allocated.</remarks>
internal sealed class FinishedProposals
{
    private const int GroupSize = 16;

    private Proposal? _first;
    private Proposal? _last;
    private int _count;

    public void Add(Proposal proposal, ProposalResult result)
    {
        proposal.SetResult(result);
        if (_count == GroupSize) Dispatch();
        if (_last is null) _first = proposal;
        else _last.Next = proposal;
        _last = proposal;
        _count++;
    }

    /// <summary>Sends the group to the pool.</summary>
    public void Dispatch()
    {
        if (Take() is { } group) ThreadPool.UnsafeQueueUserWorkItem(group, preferLocal: false);
    }

    /// <summary>The group that is not on its way yet, or null; executing it completes its proposals.</summary>
    public IThreadPoolWorkItem? Take()
    {
        Proposal? first = _first;
        _first = null;
        _last = null;
        _count = 0;
        return first;
    }
}
