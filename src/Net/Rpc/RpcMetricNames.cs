namespace Consul.Fast.Net.Rpc;

/// <summary>Names of the server's measurements, as in Consul.</summary>
public static class RpcMetricNames
{
    /// <summary>A connection was accepted on the server port; counted by whoever accepts, before the protocol is known.</summary>
    public const string AcceptConnection = "rpc.accept_conn";

    /// <summary>A connection was handed to Raft; counted by whoever switches on the first byte.</summary>
    public const string RaftHandoff = "rpc.raft_handoff";

    /// <summary>A call was answered, with an error of its method or without.</summary>
    public const string Request = "rpc.request";

    /// <summary>A stream was given up because of what came on it.</summary>
    public const string RequestError = "rpc.request_error";
}
