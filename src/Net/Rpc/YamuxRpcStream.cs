using System.IO.Pipelines;
using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Rpc;

/// <summary>A stream of a multiplexed session as calls see it.</summary>
internal sealed class YamuxRpcStream(YamuxStream stream) : IRpcStream
{
    public PipeReader Input => stream.Input;

    public PipeWriter Output => stream.Output;

    /// <summary>The end of the whole session reads as an end of file, as in the reference.</summary>
    public string? Failure => stream.Failure is { } failure && failure != YamuxStream.SessionShutdown ? failure : null;

    /// <summary>Reset, or the session is over. The end of the peer's direction is none of these: it waits for its answer.</summary>
    public bool IsBroken => stream.Failure is not null;

    public void Close() => stream.Close();

    public void Reset() => stream.Reset();

    public void Release() => stream.Release();
}
