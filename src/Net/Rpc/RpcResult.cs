namespace Consul.Fast.Net.Rpc;

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

    /// <summary>Null when the method succeeded; otherwise what reaches the caller unchanged.</summary>
    public string? Error { get; }

    public static implicit operator RpcResult<T>(T value) => Ok(value);

    public static RpcResult<T> Ok(T value, QueryMeta meta = default) => new(value, meta, null);

    public static RpcResult<T> Fail(string error, QueryMeta meta = default) => new(default!, meta, error);
}
