using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Methods;

/// <summary>The service <c>Session</c> on the wire.</summary>
internal static class SessionMethods
{
    public static readonly ServiceMethod<SessionRequest, string> Apply = new(
        "Session.Apply", RpcScheduling.Inline, SessionRequestCodec.Write, SessionRequestCodec.Read, TextCodec.Write, TextCodec.Read);

    public static readonly ServiceMethod<SessionSpecificRequest, Session?> Get = new(
        "Session.Get", RpcScheduling.Inline,
        SessionSpecificRequestCodec.Write, SessionSpecificRequestCodec.Read, IndexedSessionsCodec.WriteOne, IndexedSessionsCodec.ReadOne);

    public static readonly ServiceMethod<SessionSpecificRequest, IReadOnlyList<Session>> List = new(
        "Session.List", RpcScheduling.ThreadPool,
        SessionSpecificRequestCodec.Write, SessionSpecificRequestCodec.Read, IndexedSessionsCodec.Write, IndexedSessionsCodec.Read);

    public static readonly ServiceMethod<NodeSpecificRequest, IReadOnlyList<Session>> NodeSessions = new(
        "Session.NodeSessions", RpcScheduling.ThreadPool,
        NodeSpecificRequestCodec.Write, NodeSpecificRequestCodec.Read, IndexedSessionsCodec.Write, IndexedSessionsCodec.Read);

    public static readonly ServiceMethod<SessionSpecificRequest, Session?> Renew = new(
        "Session.Renew", RpcScheduling.Inline,
        SessionSpecificRequestCodec.Write, SessionSpecificRequestCodec.Read, IndexedSessionsCodec.WriteOne, IndexedSessionsCodec.ReadOne);

    public static void AddTo(RpcRegistry registry, ISessions sessions) => registry
        .Add(Apply.Serve(sessions.ApplyAsync))
        .Add(Get.Serve(sessions.GetAsync))
        .Add(List.Serve(sessions.ListAsync))
        .Add(NodeSessions.Serve(sessions.NodeSessionsAsync))
        .Add(Renew.Serve(sessions.RenewAsync));
}
