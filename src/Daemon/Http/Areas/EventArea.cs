using System.Globalization;
using System.Text.Json;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Gossip.Wire;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary><c>/v1/event/</c>: user events, fired by a server, listed as this agent received them.</summary>
internal sealed class EventArea(IInternal internals, UserEvents events, TimeProvider time)
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(600);

    public void Map(RouteTable routes)
    {
        routes.Add("/v1/event/fire/", "PUT", FireAsync);
        routes.Add("/v1/event/list", "GET", ListAsync);
    }

    private async ValueTask FireAsync(HttpExchange exchange)
    {
        if (exchange.ArgumentIsEmpty)
        {
            exchange.Text(StatusCodes.Status400BadRequest, "Missing name");
            return;
        }

        QueryParameters query = exchange.Query;
        var content = new ConsulEventPayload(
            Guid.NewGuid().ToString(), exchange.Argument, default,
            query.Get("node") ?? "", query.Get("service") ?? "", query.Get("tag") ?? "");
        // Only a body of declared length is looked at.
        if (exchange.ContentLength > 0) content = content with { Payload = await exchange.ReadBodyAsync() };
        string? error = UserEventFilter.Check(content) ?? await FireAsync(exchange, content);
        if (error is null) exchange.Json(new UserEvent(content, LTime: 0), Write);
        else if (error.Contains(RpcErrors.PermissionDenied, StringComparison.Ordinal))
            exchange.Error(StatusCodes.Status403Forbidden, RpcErrors.PermissionDenied);
        else exchange.Error(StatusCodes.Status500InternalServerError, error);
    }

    private async ValueTask<string?> FireAsync(HttpExchange exchange, ConsulEventPayload content)
    {
        var request = new EventFireRequest
        {
            Datacenter = exchange.Datacenter(),
            Token = exchange.Token(),
            // Any server will do: it is the pool that spreads the event.
            AllowStale = true,
            Name = content.Name,
            Payload = content.Encode(),
        };
        return (await internals.EventFireAsync(request)).Error;
    }

    private async ValueTask ListAsync(HttpExchange exchange)
    {
        var wait = new DcSpecificRequest();
        if (!exchange.TryParseWait(wait)) return;
        string name = exchange.Query.Get("name") ?? "";
        TimeSpan limit = wait.MaxQueryTime <= TimeSpan.Zero || wait.MaxQueryTime > WaitMax ? WaitMax : wait.MaxQueryTime;
        long start = time.GetTimestamp();
        while (true)
        {
            UserEventList list = events.Current;
            UserEvent[] found = [.. list.Events.Where(received => name.Length == 0 || received.Content.Name == name)];
            // The index of nothing is not zero, so that a caller who asks again waits.
            ulong index = found.Length == 0 ? 1 : found[^1].Index;
            TimeSpan left = limit - time.GetElapsedTime(start);
            // Indexes are in no order: only the same one means that there is nothing new.
            if (wait.MinQueryIndex == 0 || index != wait.MinQueryIndex || left <= TimeSpan.Zero)
            {
                exchange.SetHeader("X-Consul-Index", index.ToString(CultureInfo.InvariantCulture));
                exchange.Json(found, WriteList);
                return;
            }

            try
            {
                await list.Replaced.Task.WaitAsync(left, time, wait.Cancellation);
            }
            catch (TimeoutException)
            {
                // The list as it is now is the answer.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static void WriteList(Utf8JsonWriter writer, UserEvent[] list)
    {
        writer.WriteStartArray();
        foreach (UserEvent received in list) Write(writer, received);
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, UserEvent shown)
    {
        ConsulEventPayload content = shown.Content;
        writer.WriteStartObject();
        writer.WriteString("ID"u8, content.Id);
        writer.WriteString("Name"u8, content.Name);
        if (content.Payload.IsEmpty) writer.WriteNull("Payload"u8);
        else writer.WriteBase64String("Payload"u8, content.Payload.Span);
        writer.WriteString("NodeFilter"u8, content.NodeFilter);
        writer.WriteString("ServiceFilter"u8, content.ServiceFilter);
        writer.WriteString("TagFilter"u8, content.TagFilter);
        writer.WriteNumber("Version"u8, content.Version);
        writer.WriteNumber("LTime"u8, shown.LTime);
        writer.WriteEndObject();
    }
}
