namespace Consul.Fast.Net.Rpc;

/// <summary>Where a method runs.</summary>
public enum RpcScheduling
{
    /// <summary>
    /// On the connection's read loop, which serves every stream of the connection: for work that is small, bounded and
    /// never waits on the calling thread. Answers of one batch of requests leave in one write.
    /// </summary>
    Inline,

    /// <summary>On the thread pool: for everything that may be large or slow.</summary>
    ThreadPool,
}
