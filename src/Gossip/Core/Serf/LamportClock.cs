namespace Consul.Fast.Gossip.Core.Serf;

/// <summary>A logical clock: it counts, and jumps ahead of every time it is shown. Starts at 1.</summary>
internal struct LamportClock()
{
    /// <summary>Time of the next own message.</summary>
    public ulong Time { get; private set; } = 1;

    public ulong Increment() => ++Time;

    /// <summary>Somebody else is at least this far. The last possible time is ignored: nothing could follow it.</summary>
    public void Witness(ulong seen)
    {
        if (seen >= Time && seen != ulong.MaxValue) Time = seen + 1;
    }
}
