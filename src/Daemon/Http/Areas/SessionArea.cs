using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary><c>/v1/session/</c>.</summary>
internal sealed class SessionArea(ISessions sessions)
{
    public void Map(RouteTable routes)
    {
        routes.Add("/v1/session/create", "PUT", CreateAsync);
        routes.Add("/v1/session/destroy/", "PUT", DestroyAsync);
        routes.Add("/v1/session/renew/", "PUT", RenewAsync);
        routes.Add("/v1/session/info/", "GET", InfoAsync);
        routes.Add("/v1/session/node/", "GET", NodeAsync);
        routes.Add("/v1/session/list", "GET", ListAsync);
    }

    private async ValueTask CreateAsync(HttpExchange exchange)
    {
        if (exchange.RefusesNamespace()) return;
        Session session = SessionInput.Default(exchange.Options.NodeName);
        // Only a body of declared length is looked at.
        if (exchange.ContentLength > 0)
        {
            ReadOnlyMemory<byte> body = await exchange.ReadBodyAsync();
            if (!SessionInput.TryRead(body, session, out session, out string error))
            {
                exchange.Text(StatusCodes.Status400BadRequest, "Request decode failed: " + error);
                return;
            }
        }

        RpcResult<string> result = await sessions.ApplyAsync(Request(exchange, SessionRequest.Create, session));
        if (result.Error is { } fault) exchange.Error(fault);
        else exchange.Json(result.Value, WriteId);
    }

    private async ValueTask DestroyAsync(HttpExchange exchange)
    {
        if (exchange.RefusesNamespace() || IsMissing(exchange, "Missing session")) return;
        var session = new Session { Id = exchange.Argument };
        RpcResult<string> result = await sessions.ApplyAsync(Request(exchange, SessionRequest.Destroy, session));
        if (result.Error is { } error) exchange.Error(error);
        else exchange.JsonTrue();
    }

    private async ValueTask RenewAsync(HttpExchange exchange)
    {
        var request = new SessionSpecificRequest();
        if (!exchange.TryParseQueryOptions(request) || exchange.RefusesNamespace() || IsMissing(exchange, "Missing session")) return;
        request.SessionId = exchange.Argument;
        RpcResult<Session?> result = await sessions.RenewAsync(request);
        if (result.Error is { } error) exchange.Error(error);
        else if (result.Value is { } session) exchange.Json<IReadOnlyList<Session>>([session], WriteList);
        else exchange.Text(StatusCodes.Status404NotFound, $"Session id '{request.SessionId}' not found");
    }

    private async ValueTask InfoAsync(HttpExchange exchange)
    {
        var request = new SessionSpecificRequest();
        if (!exchange.TryParseQueryOptions(request) || exchange.RefusesNamespace() || IsMissing(exchange, "Missing session")) return;
        request.SessionId = exchange.Argument;
        RpcResult<Session?> result = await sessions.GetAsync(request);
        if (exchange.IsTooStale(request, result)) result = await sessions.GetAsync(request);
        // A failed lookup tells nothing of the leader.
        exchange.SetMeta(result.Error is null ? result.Meta : default, effectiveConsistency: false);
        if (result.Error is { } error) exchange.Error(error);
        else exchange.Json<IReadOnlyList<Session>>(result.Value is { } session ? [session] : [], WriteList);
    }

    private async ValueTask NodeAsync(HttpExchange exchange)
    {
        var request = new NodeSpecificRequest();
        if (!exchange.TryParseQueryOptions(request) || exchange.RefusesNamespace() || IsMissing(exchange, "Missing node name")) return;
        request.Node = exchange.Argument;
        RpcResult<IReadOnlyList<Session>> result = await sessions.NodeSessionsAsync(request);
        if (exchange.IsTooStale(request, result)) result = await sessions.NodeSessionsAsync(request);
        AnswerList(exchange, result);
    }

    private async ValueTask ListAsync(HttpExchange exchange)
    {
        var request = new SessionSpecificRequest();
        if (!exchange.TryParseQueryOptions(request) || exchange.RefusesNamespace()) return;
        RpcResult<IReadOnlyList<Session>> result = await sessions.ListAsync(request);
        if (exchange.IsTooStale(request, result)) result = await sessions.ListAsync(request);
        AnswerList(exchange, result);
    }

    private static void AnswerList(HttpExchange exchange, in RpcResult<IReadOnlyList<Session>> result)
    {
        exchange.SetMeta(result.Error is null ? result.Meta : default, effectiveConsistency: false);
        if (result.Error is { } error) exchange.Error(error);
        else exchange.Json(result.Value, WriteList);
    }

    private static SessionRequest Request(HttpExchange exchange, string op, Session session)
    {
        string datacenter = exchange.Datacenter();
        return new SessionRequest
        {
            Datacenter = datacenter.Length == 0 ? exchange.Options.Datacenter : datacenter,
            Op = op,
            Session = session,
            Token = exchange.Token(),
        };
    }

    private static bool IsMissing(HttpExchange exchange, string text)
    {
        if (!exchange.ArgumentIsEmpty) return false;
        exchange.Text(StatusCodes.Status400BadRequest, text);
        return true;
    }

    private static void WriteId(Utf8JsonWriter writer, string id)
    {
        writer.WriteStartObject();
        writer.WriteString("ID"u8, id);
        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, IReadOnlyList<Session> list)
    {
        writer.WriteStartArray();
        for (int i = 0; i < list.Count; i++) RecordJson.Write(writer, list[i]);
        writer.WriteEndArray();
    }
}
