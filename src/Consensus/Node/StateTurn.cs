namespace Consul.Fast.Consensus.Node;

/// <summary>
/// Lets one at a time look at the whole state or replace it: a snapshot being taken, one being received, a user's restore.
/// Thread safe.
/// </summary>
internal sealed class StateTurn : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Waits for the turn; it ends with the disposal of what is returned.</summary>
    public async ValueTask<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        return new Turn(_one);
    }

    public void Dispose() => _one.Dispose();

    private sealed class Turn(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }
}
