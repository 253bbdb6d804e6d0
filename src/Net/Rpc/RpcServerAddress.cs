using System.Net;

namespace Consul.Fast.Net.Rpc;

/// <summary>A server as a caller knows it from gossip.</summary>
/// <param name="Datacenter">Its datacenter, which decides between plain and TLS.</param>
/// <param name="Node">Member name without a trailing datacenter; part of the pool's key and the name expected in its certificate.</param>
/// <param name="ProtocolVersion">Tag <c>vsn</c>; multiplexing begins with 2.</param>
public sealed record RpcServerAddress(string Datacenter, string Node, IPEndPoint EndPoint, int ProtocolVersion);
