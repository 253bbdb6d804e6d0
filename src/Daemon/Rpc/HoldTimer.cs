namespace Consul.Fast.Daemon.Rpc;

/// <summary>
/// For how long a call that cannot be made now is made again and again. Starts when it is made; a value of its own for each call.
/// </summary>
internal readonly struct HoldTimer(TimeSpan hold, TimeProvider time)
{
    /// <summary>A pause is a random part of this share of the hold time, so that callers do not come back as one.</summary>
    private const int Steps = 16;

    private readonly long _start = time.GetTimestamp();

    public bool IsOver => time.GetElapsedTime(_start) >= hold;

    /// <summary>Waits before the next try. Ends early, without an exception, when it is given up.</summary>
    public async ValueTask PauseAsync(CancellationToken cancellation)
    {
        TimeSpan pause = hold / Steps * Random.Shared.NextDouble();
        await Task.Delay(pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
