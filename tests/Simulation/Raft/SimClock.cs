namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>
/// The monotonic clock of one machine. It runs at its own rate, and starts at any number; never does it go back while the
/// machine is up.
/// </summary>
internal sealed class SimClock(VirtualTime time)
{
    private TimeSpan _since;
    private TimeSpan _read;

    /// <summary>Seconds it advances in one true second.</summary>
    public double Rate { get; private set; } = 1;

    public TimeSpan Now => _read + ((time.Now - _since) * Rate);

    public void SetRate(double rate)
    {
        (_read, _since) = (Now, time.Now);
        Rate = rate;
    }

    public void Restart(TimeSpan reading) => (_read, _since) = (reading, time.Now);

    /// <summary>True time until the clock shows a value.</summary>
    public TimeSpan Until(TimeSpan reading)
    {
        TimeSpan wait = (reading - Now) / Rate;
        // Rounding must not make a timer fire a tick too early, again and again.
        return wait > TimeSpan.Zero ? wait + TimeSpan.FromTicks(2) : TimeSpan.Zero;
    }
}
