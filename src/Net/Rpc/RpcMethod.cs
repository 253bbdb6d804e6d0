namespace Consul.Fast.Net.Rpc;

/// <summary>One method of a service, registered under its full name <c>Service.Method</c>. Thread safe.</summary>
public abstract class RpcMethod
{
    protected RpcMethod(string name, RpcScheduling scheduling)
    {
        Encoded = new RpcName(name);
        Scheduling = scheduling;
    }

    public string Name => Encoded.Text;

    public RpcScheduling Scheduling { get; }

    internal RpcName Encoded { get; }

    /// <summary>
    /// Decodes the body, runs, and answers once: <see cref="RpcCall.Succeed"/> followed by one msgpack value,
    /// <see cref="RpcCall.Fail"/>, <see cref="RpcCall.Reject"/>, or <see cref="RpcCall.Abandon"/>. An exception is a defect
    /// of the method: it is logged and the caller gets an error text.
    /// </summary>
    public abstract ValueTask InvokeAsync(RpcCall call);
}
