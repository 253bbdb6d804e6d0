using Consul.Fast.Daemon.Rpc.Wire;

namespace Consul.Fast.Daemon.Rpc.Methods;

/// <summary>The service <c>Status</c> on the wire.</summary>
internal static class StatusMethods
{
    public static readonly ServiceMethod<RpcNothing, bool> Ping = new(
        "Status.Ping", RpcScheduling.Inline, RpcCodecs.WriteNothing, RpcCodecs.ReadNothing, EmptyCodec.Write, EmptyCodec.Read);

    public static readonly ServiceMethod<DcSpecificRequest, string> Leader = new(
        "Status.Leader", RpcScheduling.Inline,
        DcSpecificRequestCodec.Write, DcSpecificRequestCodec.Read, TextCodec.Write, TextCodec.Read);

    public static readonly ServiceMethod<DcSpecificRequest, IReadOnlyList<string>> Peers = new(
        "Status.Peers", RpcScheduling.Inline,
        DcSpecificRequestCodec.Write, DcSpecificRequestCodec.Read, TextListCodec.Write, TextListCodec.Read);

    public static readonly ServiceMethod<RpcNothing, RaftStats> RaftStats = new(
        "Status.RaftStats", RpcScheduling.Inline,
        RpcCodecs.WriteNothing, RpcCodecs.ReadNothing, RaftStatsCodec.Write, RaftStatsCodec.Read);

    public static void AddTo(RpcRegistry registry, IStatus status) => registry
        .Add(Ping.Serve(_ => status.PingAsync()))
        .Add(Leader.Serve(status.LeaderAsync))
        .Add(Peers.Serve(status.PeersAsync))
        .Add(RaftStats.Serve(_ => status.RaftStatsAsync()));
}
