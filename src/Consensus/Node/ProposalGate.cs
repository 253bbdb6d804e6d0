namespace Consul.Fast.Consensus.Node;

/// <summary>Bounds the proposals under way, by number and by bytes. Those above the bound wait in order. Thread safe.</summary>
internal sealed class ProposalGate(int maxCount, long maxBytes, TimeSpan timeout, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<Waiter> _waiters = new();
    private int _count;
    private long _bytes;

    /// <summary>Enters when there is room; allocates nothing.</summary>
    public bool TryEnter(int bytes)
    {
        lock (_lock)
        {
            if (_waiters.Count > 0 || !HasRoom(bytes)) return false;
            Take(bytes);
            return true;
        }
    }

    /// <summary>Waits for room; false after the time-out.</summary>
    public async ValueTask<bool> EnterAsync(int bytes, CancellationToken cancellation)
    {
        Waiter waiter = new(bytes);
        lock (_lock)
        {
            if (_waiters.Count == 0 && HasRoom(bytes))
            {
                Take(bytes);
                return true;
            }

            _waiters.Enqueue(waiter);
        }

        try
        {
            await waiter.Task.WaitAsync(timeout, time, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return !waiter.TryAbandon();
        }
        catch (OperationCanceledException)
        {
            if (!waiter.TryAbandon()) Leave(bytes);
            throw;
        }
    }

    public void Leave(int bytes)
    {
        lock (_lock)
        {
            _count--;
            _bytes -= bytes;
            while (_waiters.TryPeek(out Waiter? waiter) && (waiter.IsAbandoned || HasRoom(waiter.Bytes)))
            {
                _waiters.Dequeue();
                if (waiter.TryAdmit()) Take(waiter.Bytes);
            }
        }
    }

    private bool HasRoom(int bytes) => _count == 0 || (_count < maxCount && _bytes + bytes <= maxBytes);

    private void Take(int bytes)
    {
        _count++;
        _bytes += bytes;
    }

    private sealed class Waiter(int bytes)
    {
        private readonly TaskCompletionSource _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _settled;

        public int Bytes => bytes;

        public Task Task => _admitted.Task;

        public bool IsAbandoned => Volatile.Read(ref _settled) != 0;

        public bool TryAdmit()
        {
            if (Interlocked.Exchange(ref _settled, 1) != 0) return false;
            _admitted.SetResult();
            return true;
        }

        /// <summary>False when it has been admitted in the meantime.</summary>
        public bool TryAbandon() => Interlocked.Exchange(ref _settled, 1) == 0;
    }
}
