namespace Consul.Fast.Net.Buffers;

/// <summary>A wait that a token may end; the version tells it from later waits of the same object.</summary>
internal interface ICancelableWait
{
    void CancelWait(short version, CancellationToken token);
}

/// <summary>Ties one wait to one token. Allocated only for callers that pass a token and really have to wait.</summary>
internal sealed class WaitCancellation(ICancelableWait target, short version, CancellationToken token)
{
    private CancellationTokenRegistration _registration;

    public void Register() => _registration = token.UnsafeRegister(
        static state =>
        {
            var self = (WaitCancellation)state!;
            self.Cancel();
        },
        this);

    public void Unregister() => _registration.Unregister();

    private void Cancel() => target.CancelWait(version, token);
}
