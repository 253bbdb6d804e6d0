namespace Consul.Fast.Net.Rpc;

/// <summary>What <see cref="RpcMessageReader.Read"/> found.</summary>
public enum RpcReadStatus
{
    /// <summary>One whole value, or raw bytes.</summary>
    Message,

    /// <summary>Wait for the next read result.</summary>
    NeedMore,

    /// <summary>The peer ended its direction between two values.</summary>
    End,

    /// <summary>The peer ended its direction inside a value.</summary>
    Truncated,

    /// <summary>No msgpack.</summary>
    Malformed,

    /// <summary>Longer than allowed.</summary>
    TooLarge,
}
