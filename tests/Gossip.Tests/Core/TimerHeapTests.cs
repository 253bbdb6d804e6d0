using Consul.Fast.Gossip.Core;

namespace Consul.Fast.Gossip.Tests.Core;

public sealed class TimerHeapTests
{
    [Fact]
    public void Heap_agrees_with_a_sorted_list_under_random_use()
    {
        Random random = new(7);
        TimerHeap heap = new();
        Dictionary<int, (TimeSpan At, int Argument)> live = [];
        TimeSpan now = TimeSpan.Zero;
        for (int i = 0; i < 20_000; i++)
        {
            TimeSpan at = now + TimeSpan.FromMilliseconds(random.Next(1000));
            int victim = live.Count == 0 ? -1 : live.Keys.ElementAt(random.Next(live.Count));
            switch (random.Next(5))
            {
                case 0 or 1:
                    live.Add(heap.Add(at, TimerKind.Suspicion, i), (at, i));
                    break;
                case 2 when victim >= 0:
                    heap.Move(victim, at);
                    live[victim] = (at, live[victim].Argument);
                    break;
                case 3 when victim >= 0:
                    live.Remove(victim);
                    heap.Remove(ref victim);
                    Assert.Equal(TimerHeap.None, victim);
                    break;
                default:
                    now += TimeSpan.FromMilliseconds(random.Next(40));
                    TakeDue(heap, live, now);
                    break;
            }

            Assert.Equal(live.Count, heap.Count);
            Assert.Equal(live.Count == 0 ? null : live.Values.Min(t => t.At), heap.Next);
        }
    }

    [Fact]
    public void Lower_kind_goes_first_at_the_same_time()
    {
        TimerHeap heap = new();
        heap.Add(TimeSpan.FromSeconds(1), TimerKind.ProbeTick);
        heap.Add(TimeSpan.FromSeconds(1), TimerKind.ProbeStage);
        Assert.False(heap.TryTake(TimeSpan.FromSeconds(0.9), out _, out _));
        Assert.True(heap.TryTake(TimeSpan.FromSeconds(1), out TimerKind first, out _));
        Assert.Equal(TimerKind.ProbeStage, first);
    }

    private static void TakeDue(TimerHeap heap, Dictionary<int, (TimeSpan At, int Argument)> live, TimeSpan now)
    {
        TimeSpan last = TimeSpan.Zero;
        while (heap.TryTake(now, out _, out int argument))
        {
            (int id, (TimeSpan at, _)) = live.Single(t => t.Value.Argument == argument);
            Assert.True(at >= last && at <= now);
            last = at;
            live.Remove(id);
        }

        Assert.DoesNotContain(live.Values, t => t.At <= now);
    }
}
