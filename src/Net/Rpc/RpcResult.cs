namespace Consul.Fast.Net.Rpc;

/// <summary>What a method answers: a value, or an error text that reaches the caller unchanged.</summary>
public readonly struct RpcResult<T>
{
    private RpcResult(T value, string? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>The default value when the method failed.</summary>
    public T Value { get; }

    /// <summary>Null when the method succeeded.</summary>
    public string? Error { get; }

    public static implicit operator RpcResult<T>(T value) => new(value, null);

    public static RpcResult<T> Ok(T value) => new(value, null);

    public static RpcResult<T> Failed(string error) => new(default!, error);
}
