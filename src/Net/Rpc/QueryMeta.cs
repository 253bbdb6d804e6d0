namespace Consul.Fast.Net.Rpc;

/// <summary>What every reply to a read tells beside its data.</summary>
/// <param name="Index">Index of the result, at least 1 on every answered read.</param>
/// <param name="LastContactNs">Nanoseconds since the answering server heard its leader; zero on the leader.</param>
/// <param name="KnownLeader">Whether the answering server knows a leader.</param>
/// <param name="NotModified">The data was left out because the caller, who asked for that, has it.</param>
public readonly record struct QueryMeta(ulong Index, long LastContactNs, bool KnownLeader, bool NotModified = false)
{
    public QueryMeta(ulong index, TimeSpan lastContact, bool knownLeader)
        : this(index, lastContact.Ticks * TimeSpan.NanosecondsPerTick, knownLeader)
    {
    }

    public TimeSpan LastContact => new(LastContactNs / TimeSpan.NanosecondsPerTick);
}
