using System.IO.Pipelines;

namespace Consul.Fast.Net.Rpc;

/// <summary>
/// What calls travel on: a stream of a multiplexed session, or a whole connection. Both ends are single-user; closing and
/// resetting may come from any thread.
/// </summary>
internal interface IRpcStream : IDuplexPipe
{
    /// <summary>Why the stream broke; null while it has not, and after an orderly end.</summary>
    string? Failure { get; }

    /// <summary>True once nothing that is written can reach the other side any more. Any thread.</summary>
    bool IsBroken { get; }

    /// <summary>Ends the own direction after what is written.</summary>
    void Close();

    /// <summary>Ends both directions at once.</summary>
    void Reset();

    /// <summary>The last thing its user does with a stream.</summary>
    void Release();
}
