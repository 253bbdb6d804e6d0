using Microsoft.Extensions.Logging;

namespace Consul.Fast.Consensus.Node;

/// <summary>Tells the rest of the server about gained and lost leadership, in order, never from inside a Raft loop.</summary>
internal sealed class LeadershipNotifier(ILogger logger, Action<bool> raise) : SerialLoop
{
    public void Notify(bool leads) => Post(new Change(leads));

    /// <summary>Completes when everything notified before has been told.</summary>
    public Task FlushAsync()
    {
        Flush flush = new();
        Post(flush);
        return flush.Done.Task;
    }

    protected override void Process(LoopItem item)
    {
        if (item is Flush flush) flush.Done.SetResult();
        else Raise(((Change)item).Leads);
    }

    protected override void EndRound()
    {
        // Nothing is collected over a round.
    }

    protected override void OnFault(Exception exception) => Log.HandlerFailed(logger, exception);

    private void Raise(bool leads)
    {
        try
        {
            raise(leads);
        }
        catch (Exception e)
        {
            Log.HandlerFailed(logger, e);
        }
    }

    private sealed class Change(bool leads) : LoopItem
    {
        public bool Leads => leads;
    }

    private sealed class Flush : LoopItem
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
