using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Rpc;

/// <summary>
/// Outcome of a call: a value or an error text. Failures that a request or the cluster's condition can cause come as
/// texts, never as exceptions, because they cross the wire as texts.
/// </summary>
public readonly struct RpcResult<T>
{
    private RpcResult(T value, QueryMeta meta, string? error)
    {
        Value = value;
        Meta = meta;
        Error = error;
    }

    /// <summary>Meaningful only without an error.</summary>
    public T Value { get; }

    /// <summary>For reads; the default value for writes.</summary>
    public QueryMeta Meta { get; }

    public string? Error { get; }

    public static RpcResult<T> Ok(T value, QueryMeta meta = default) => new(value, meta, null);

    public static RpcResult<T> Fail(string error, QueryMeta meta = default) => new(default!, meta, error);
}

/// <param name="Index">Index of the result, at least 1 on every answered read.</param>
/// <param name="LastContactNs">Nanoseconds since the answering server heard its leader; zero on the leader.</param>
/// <param name="KnownLeader">Whether the answering server knows a leader.</param>
/// <param name="NotModified">The data was left out because the caller has it; see <see cref="QueryRequest.AllowNotModified"/>.</param>
public readonly record struct QueryMeta(ulong Index, long LastContactNs, bool KnownLeader, bool NotModified = false)
{
    public QueryMeta(ulong index, TimeSpan lastContact, bool knownLeader)
        : this(index, GoDuration.ToNanoseconds(lastContact), knownLeader)
    {
    }

    public TimeSpan LastContact => GoDuration.ToTimeSpan(LastContactNs);
}

/// <summary>Error texts that clients match on.</summary>
public static class RpcErrors
{
    public const string NoLeader = "No cluster leader";
    public const string NoPathToDatacenter = "No path to datacenter";
    public const string NoServers = "No known Consul servers";
    public const string NotReady = "Not ready to serve consistent reads";
    public const string PermissionDenied = "Permission denied";
}
