using Consul.Fast.Gossip.Core.Broadcasts;

namespace Consul.Fast.Gossip.Tests.Core;

public sealed class BroadcastQueueTests
{
    private readonly BroadcastPool _pool = new();
    private readonly BroadcastQueue _queue = new();
    private readonly TakenBroadcasts _taken = new();

    [Fact]
    public void Largest_that_fits_goes_first_and_the_newest_on_ties()
    {
        Add(10);
        Broadcast small = Add(20);
        Broadcast newer = Add(20);
        Add(60);
        Assert.Equal(50 - 22 - 22, _queue.Take(50, 2, _taken));
        Assert.Equal([newer, small], Taken());
    }

    [Fact]
    public void Less_often_sent_goes_before_larger()
    {
        Broadcast sent = Add(50);
        _queue.Take(60, 2, _taken);
        Assert.True(_queue.TryPutBack(sent, 4));
        _taken.Clear();
        Broadcast fresh = Add(5);
        _queue.Take(60, 2, _taken);
        Assert.Equal([fresh, sent], Taken());
    }

    [Fact]
    public void Broadcast_is_done_when_it_was_sent_often_enough()
    {
        Broadcast broadcast = Add(10);
        for (int i = 1; i <= 4; i++)
        {
            _taken.Clear();
            _queue.Take(100, 2, _taken);
            Assert.Equal([broadcast], Taken());
            Assert.Equal(i < 4, _queue.TryPutBack(broadcast, 4));
        }

        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void Refutation_goes_before_everything()
    {
        Add(100);
        Broadcast refutation = Add(10, urgent: true);
        _queue.Take(1000, 2, _taken);
        Assert.Same(refutation, _taken[0]);
        Assert.Equal(2, _taken.Count);
    }

    [Fact]
    public void Most_sent_smallest_oldest_is_dropped_first()
    {
        Broadcast sent = Add(30);
        _queue.Take(40, 2, _taken);
        _queue.TryPutBack(sent, 4);
        Broadcast small = Add(5);
        Broadcast large = Add(6);
        Assert.Same(sent, _queue.TakeLeastUseful());
        Assert.Same(small, _queue.TakeLeastUseful());
        Assert.Same(large, _queue.TakeLeastUseful());
        Assert.Null(_queue.TakeLeastUseful());
    }

    [Fact]
    public void Queue_agrees_with_a_plain_list_under_random_use()
    {
        Random random = new(3);
        List<Broadcast> twin = [];
        for (int round = 0; round < 5000; round++)
        {
            if (random.Next(3) > 0) twin.Add(Add(random.Next(1, 40)));
            if (twin.Count > 0 && random.Next(6) == 0)
            {
                Broadcast gone = twin[random.Next(twin.Count)];
                twin.Remove(gone);
                _queue.Remove(gone);
                _pool.Return(gone);
            }

            if (random.Next(3) == 0) Exchange(twin, random.Next(150));
            Assert.Equal(twin.Count, _queue.Count);
        }
    }

    private void Exchange(List<Broadcast> twin, int room)
    {
        _taken.Clear();
        int left = _queue.Take(room, 2, _taken);
        List<Broadcast> expected = [];
        foreach (int transmits in twin.Select(b => b.Transmits).Distinct().Order().ToList())
        {
            while (twin.Where(b => b.Transmits == transmits && b.Size + 2 <= room && !expected.Contains(b))
                       .OrderByDescending(b => b.Size).ThenByDescending(b => b.Id).FirstOrDefault() is { } next)
            {
                expected.Add(next);
                room -= next.Size + 2;
            }
        }

        Assert.Equal(expected, Taken());
        Assert.Equal(room, left);
        foreach (Broadcast broadcast in expected)
        {
            if (_queue.TryPutBack(broadcast, 5)) continue;
            twin.Remove(broadcast);
            _pool.Return(broadcast);
        }
    }

    private Broadcast Add(int size, bool urgent = false)
    {
        Broadcast broadcast = _pool.Rent();
        broadcast.Size = size;
        broadcast.IsUrgent = urgent;
        _queue.Add(broadcast);
        return broadcast;
    }

    private List<Broadcast> Taken() => [.. Enumerable.Range(0, _taken.Count).Select(i => _taken[i])];
}
