namespace Consul.Fast.Net.Rpc;

/// <summary>How far a call came.</summary>
public enum RpcOutcome
{
    /// <summary>Answered with a value.</summary>
    Success,

    /// <summary>Answered by the server with an error text.</summary>
    Refused,

    /// <summary>The connection or stream broke, or the answer made no sense: the server may or may not have run the call.</summary>
    Broken,

    /// <summary>No connection or stream could be had: the server has not seen the call.</summary>
    NotSent,

    /// <summary>Given up by the caller; the server may or may not have run it.</summary>
    Canceled,
}

/// <summary>The end of a call.</summary>
public readonly struct RpcResponse<T>
{
    internal RpcResponse(RpcOutcome outcome, T value, string? error)
    {
        Outcome = outcome;
        Value = value;
        Error = error;
    }

    public RpcOutcome Outcome { get; }

    /// <summary>The reply; the default value unless the call succeeded.</summary>
    public T Value { get; }

    /// <summary>
    /// Null when the call succeeded. Otherwise the text with the prefixes that the reference's pool adds, ready to be handed
    /// to the own caller.
    /// </summary>
    public string? Error { get; }

    public bool IsSuccess => Outcome == RpcOutcome.Success;
}
