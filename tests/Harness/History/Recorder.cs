namespace Consul.Fast.Tests.Harness.History;

/// <summary>
/// Takes down what clients do, for <see cref="Linearizability"/>. Thread safe. Moments are numbers of one counter, so within
/// one process the order is exact: call <c>Begin…</c> before the request leaves, and the handle's method after the answer came.
/// </summary>
internal sealed class Recorder
{
    private readonly Lock _lock = new();
    private readonly List<OpenOperation> _operations = [];
    private long _moment;

    public OpenOperation BeginRead(int client, string key) => Begin(client, OperationKind.Read, key, null, null);

    /// <param name="value">Null deletes. Values that are written only once make the check sharp and quick.</param>
    public OpenOperation BeginWrite(int client, string key, string? value) => Begin(client, OperationKind.Write, key, value, null);

    /// <param name="expected">What the register has to hold; null when it has to be absent.</param>
    public OpenOperation BeginCompareAndSet(int client, string key, string? expected, string? value) =>
        Begin(client, OperationKind.CompareAndSet, key, value, expected);

    /// <summary>What was recorded up to now; operations that are still open have an unknown outcome.</summary>
    public IReadOnlyList<Operation> Operations
    {
        get
        {
            lock (_lock) return [.. _operations.Select(o => o.Operation).OfType<Operation>()];
        }
    }

    private OpenOperation Begin(int client, OperationKind kind, string key, string? value, string? expected)
    {
        lock (_lock)
        {
            OpenOperation open = new(this, new Operation(client, kind, key, value, expected, Succeeded: true, _moment++, Operation.Never));
            _operations.Add(open);
            return open;
        }
    }

    /// <summary>An operation under way. One left without an end has an unknown outcome, which is right after a lost connection.</summary>
    internal sealed class OpenOperation(Recorder recorder, Operation begun)
    {
        /// <summary>Null once it is known to have had no effect.</summary>
        public Operation? Operation { get; private set; } = begun;

        /// <summary>A read is answered; null when the key is absent.</summary>
        public void Returned(string? value) => End(o => o with { Value = value });

        /// <summary>A write or a compare-and-set has taken effect.</summary>
        public void Done() => End(o => o);

        /// <summary>A compare-and-set found another value.</summary>
        public void Mismatched() => End(o => o with { Succeeded = false });

        /// <summary>It is certain that nothing of it took or will take effect, for instance because no connection was made.</summary>
        public void HadNoEffect()
        {
            lock (recorder._lock) Operation = null;
        }

        private void End(Func<Operation, Operation> change)
        {
            lock (recorder._lock)
            {
                if (Operation is not { IsUnknown: true } open) throw new InvalidOperationException($"ended twice: {Operation}");
                Operation = change(open) with { Returned = recorder._moment++ };
            }
        }
    }
}
