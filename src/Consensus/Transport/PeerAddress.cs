namespace Consul.Fast.Consensus.Transport;

/// <summary>Where a peer is dialled, until it is known to be elsewhere.</summary>
/// <param name="text"><c>ip:port</c>.</param>
internal sealed class PeerAddress(string text)
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Text => text;

    /// <summary>Completes when the peer has another address: what is dialled here will not be it.</summary>
    public Task Left => _left.Task;

    public void Leave() => _left.TrySetResult();
}
