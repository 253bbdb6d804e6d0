using Consul.Fast.Gossip.Node;

namespace Consul.Fast.Gossip.Tests.Node;

/// <summary>Work for the loop: run or cancelled, and faults go to whoever waits.</summary>
public sealed class LoopInboxTests
{
    private int _wakes;

    [Fact]
    public async Task Results_and_faults_reach_the_caller()
    {
        LoopInbox inbox = new(() => _wakes++);
        LoopCall<int> good = new(static () => 7), bad = new(static () => throw new InvalidDataException("ours"));
        inbox.Call(good);
        inbox.Call(bad);
        Assert.Equal(2, _wakes);
        while (inbox.TryTake(out ILoopWork? work)) work.Run();
        Assert.Equal(7, await good.Task);
        await Assert.ThrowsAsync<InvalidDataException>(() => bad.Task);
    }

    [Fact]
    public void What_comes_before_or_after_the_end_is_cancelled()
    {
        LoopInbox inbox = new(static () => { });
        LoopCall<int> before = new(static () => 1), after = new(static () => 2);
        inbox.Call(before);
        inbox.Close();
        inbox.Call(after);
        Assert.True(before.Task.IsCanceled && after.Task.IsCanceled);
    }

    [Fact]
    public void A_loop_that_stands_still_is_not_buried()
    {
        LoopInbox inbox = new(static () => { });
        LoopCall<int> call = new(static () => 1);
        int taken = 0;
        Assert.Throws<IOException>(() =>
        {
            for (; taken < 100_000; taken++) inbox.Call(call);
        });
        Assert.Equal(8192, taken);
        inbox.Add(call);
    }
}
