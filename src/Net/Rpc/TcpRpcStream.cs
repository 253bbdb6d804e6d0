using System.IO.Pipelines;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Rpc;

/// <summary>A whole connection as one stream of calls. Whoever has the connection closes it afterwards.</summary>
internal sealed class TcpRpcStream(TcpConnection connection) : IRpcStream
{
    public PipeReader Input => connection.Input;

    public PipeWriter Output => connection.Output;

    public string? Failure => connection.CloseReason is { } reason && reason != CloseReason.PeerClosed ? reason.Text : null;

    /// <summary>Nobody reads while a call runs, so the loss of a plain connection mostly shows when the answer is sent.</summary>
    public bool IsBroken => connection.CloseReason is { } reason && reason != CloseReason.PeerClosed;

    public void Close()
    {
        // Everything written has been flushed, and the close of the connection is the end of the stream.
    }

    public void Reset() => connection.Abort(CloseReason.Shutdown);

    public void Release()
    {
    }
}
