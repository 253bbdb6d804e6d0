namespace Consul.Fast.Gossip.Core.Options;

/// <summary>
/// Settings of the layer of intents, events and queries. Defaults are the library's; <see cref="Consul"/> overrides some.
/// </summary>
public sealed record SerfOptions
{
    /// <summary>Hard limit of <see cref="UserEventBytesMax"/>.</summary>
    public const int UserEventBytesCeiling = 9 * 1024;

    /// <summary>Library defaults, as a Serf agent runs them.</summary>
    public static readonly SerfOptions Default = new() { ResolveNameConflicts = true };

    /// <summary>
    /// What Consul changes: failed members are kept for 72 hours, departures get three seconds to spread, names are never
    /// fought over.
    /// </summary>
    public static readonly SerfOptions Consul = new()
    {
        ReconnectTimeout = TimeSpan.FromHours(72),
        LeavePropagateDelay = TimeSpan.FromSeconds(3),
        QueueDepthScales = true,
    };

    /// <summary>Pause between scans for members and intents to forget.</summary>
    public TimeSpan ReapInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Failed members are forgotten after this; a policy may override it per member.</summary>
    public TimeSpan ReconnectTimeout { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Members that left are forgotten after this; a policy may override it per member.</summary>
    public TimeSpan TombstoneTimeout { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Intents about unknown names are kept for this long.</summary>
    public TimeSpan RecentIntentTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Pause between attempts to reach failed members. An attempt is made with probability <c>failed / alive</c>, so that the
    /// whole pool tries each failed member about once per interval.
    /// </summary>
    public TimeSpan ReconnectInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for an own broadcast to leave: departure, forced departure, changed tags.</summary>
    public TimeSpan BroadcastTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A leaving node keeps answering for this long, so that nobody takes it for failed.</summary>
    public TimeSpan LeavePropagateDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pause between checks of the queues' lengths.</summary>
    public TimeSpan QueueCheckInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Broadcasts in one queue; more are dropped at the check, the most-sent first.</summary>
    public int QueueDepthMax { get; init; } = 4096;

    /// <summary>The limit is at least two broadcasts per member.</summary>
    public bool QueueDepthScales { get; init; }

    /// <summary>Lamport times of events remembered to tell duplicates, and handed to joining nodes.</summary>
    public int EventBuffer { get; init; } = 512;

    /// <summary>Lamport times of queries remembered to tell duplicates.</summary>
    public int QueryBuffer { get; init; } = 512;

    /// <summary>Name and payload together, and also the encoded message, of a user event.</summary>
    public int UserEventBytesMax { get; init; } = 512;

    /// <summary>Encoded query.</summary>
    public int QueryBytesMax { get; init; } = 1024;

    /// <summary>Encoded answer, also inside its relay wrapper.</summary>
    public int QueryResponseBytesMax { get; init; } = 1024;

    /// <summary>Default time-out of a query: <c>gossip interval x this x ceil(log10(alive + 1))</c>.</summary>
    public int QueryTimeoutMult { get; init; } = 16;

    /// <summary>When another node claims our name, ask the pool and shut down if it knows the other.</summary>
    public bool ResolveNameConflicts { get; init; }

    /// <summary>Acknowledgements carry our network coordinate, and those of others move it.</summary>
    public bool Coordinates { get; init; } = true;

    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public void Validate()
    {
        if (UserEventBytesMax is < 1 or > UserEventBytesCeiling)
        {
            throw new ArgumentException($"user event size limit must be between 1 and {UserEventBytesCeiling} bytes");
        }

        if (EventBuffer < 1 || QueryBuffer < 1) throw new ArgumentException("event and query buffers must have a slot");
        if (QueueDepthMax < 1) throw new ArgumentException("queue depth must be positive");
        if (ReapInterval <= TimeSpan.Zero || ReconnectInterval <= TimeSpan.Zero || QueueCheckInterval <= TimeSpan.Zero)
        {
            throw new ArgumentException("intervals must be positive");
        }
    }
}
