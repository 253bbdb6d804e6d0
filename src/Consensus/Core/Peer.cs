namespace Consul.Fast.Consensus.Core;

/// <summary>What a leader knows of one other server.</summary>
internal sealed class Peer(RaftServer server, ulong nextIndex, TimeSpan now)
{
    /// <summary>Requests under way in pipeline mode.</summary>
    public const int MaxInflight = 128;

    /// <summary>
    /// Requests that are sent although there was room for more entries in them: one that the peer writes, one that waits there,
    /// one on the way. Further entries gather until they fill a request or an answer comes.
    /// </summary>
    public const int MaxInflightUnfilled = 3;

    /// <summary>Bytes of entries under way; one request alone may be larger.</summary>
    public const long MaxInflightBytes = 8 << 20;

    private const int BackoffCap = 12;
    private static readonly TimeSpan BackoffBase = TimeSpan.FromMilliseconds(10);

    private TimeSpan _failedAt = TimeSpan.MinValue;

    public RaftServer Server { get; set; } = server;

    public bool IsVoter => Server.Suffrage == Suffrage.Voter;

    public ulong NextIndex { get; set; } = nextIndex;

    public ulong MatchIndex { get; set; }

    /// <summary>When the newest request that was answered had been sent.</summary>
    public TimeSpan LastContact { get; private set; } = now;

    /// <summary>Requests are sent ahead of their answers; begins with the first success.</summary>
    public bool Pipelining { get; set; }

    public int Inflight { get; private set; }

    public long InflightBytes { get; private set; }

    /// <summary>No room for another request.</summary>
    public bool IsWindowFull => Inflight >= (Pipelining ? MaxInflight : 1) || (Inflight > 0 && InflightBytes >= MaxInflightBytes);

    /// <summary>How far the next question for a common entry goes back when this one is refused.</summary>
    public ulong ProbeStep { get; set; } = 1;

    public bool SnapshotInflight { get; set; }

    /// <summary>Not even the whole log is something to begin with: the peer has another past.</summary>
    public bool NeedsSnapshot { get; set; }

    public int Failures { get; private set; }

    public TimeSpan PausedUntil { get; private set; }

    /// <summary>When an idle peer gets an empty AppendEntries.</summary>
    public TimeSpan IdleAt { get; set; } = now;

    public bool HeartbeatInflight { get; set; }

    public TimeSpan HeartbeatAt { get; set; } = now;

    public int HeartbeatFailures { get; set; }

    /// <summary>Newest verify round that went out with a heartbeat.</summary>
    public ulong SentRound { get; set; }

    /// <summary>Newest verify round this peer confirmed.</summary>
    public ulong ConfirmedRound { get; set; }

    public void Begin(AppendRequest request)
    {
        Inflight++;
        InflightBytes += request.Size;
    }

    public void End(AppendRequest request)
    {
        // A server that was removed and added again may still answer what it was sent before.
        Inflight = Math.Max(0, Inflight - 1);
        InflightBytes = Inflight == 0 ? 0 : Math.Max(0, InflightBytes - request.Size);
    }

    public void Contact(TimeSpan sentAt)
    {
        if (sentAt > LastContact) LastContact = sentAt;
    }

    /// <summary>Counts a failure; requests of one pipeline that fail together are one.</summary>
    /// <param name="sentAt">When the request that failed was sent.</param>
    public void Fail(TimeSpan now, TimeSpan sentAt)
    {
        Pipelining = false;
        if (sentAt <= _failedAt) return;
        _failedAt = now;
        Failures++;
        PausedUntil = now + Backoff(Failures);
    }

    public void Recover()
    {
        Failures = 0;
        PausedUntil = TimeSpan.Zero;
    }

    /// <summary>The peer shows that it is there: the next attempts are due at once.</summary>
    public void Wake(TimeSpan now)
    {
        PausedUntil = TimeSpan.Zero;
        HeartbeatFailures = 0;
        HeartbeatAt = now;
    }

    /// <summary>Pause after n failures in a row: 10 ms twice, then doubling up to 10.24 s.</summary>
    public static TimeSpan Backoff(int failures) => BackoffBase * (1 << Math.Max(0, Math.Min(failures, BackoffCap) - 2));
}
