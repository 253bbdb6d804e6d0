using System.Net;

namespace Consul.Fast.Net.Rpc;

/// <summary>What a method may know about its call besides the request.</summary>
/// <param name="Remote">The caller; null for a call from inside the process.</param>
/// <param name="Cancellation">
/// For a call over the network it ends with the server only: a caller that goes away does not cancel its calls.
/// </param>
public readonly record struct RpcCallContext(IPEndPoint? Remote, CancellationToken Cancellation);
