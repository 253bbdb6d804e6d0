namespace Consul.Fast.Net.Rpc;

/// <summary>What a method answers with: anything that may hold an error text instead of a value.</summary>
public interface IRpcOutcome
{
    /// <summary>Reaches the caller unchanged; null when the method succeeded.</summary>
    string? Error { get; }
}

/// <summary>The plain outcome of a method: a value or an error text.</summary>
public readonly struct RpcAnswer<T> : IRpcOutcome
{
    private RpcAnswer(T value, string? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>The default value when the method failed.</summary>
    public T Value { get; }

    public string? Error { get; }

    public static implicit operator RpcAnswer<T>(T value) => new(value, null);

    public static RpcAnswer<T> Ok(T value) => new(value, null);

    public static RpcAnswer<T> Failed(string error) => new(default!, error);
}
