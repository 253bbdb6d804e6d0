using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Commands;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary><c>/v1/txn</c>.</summary>
internal sealed class TxnArea(ITxn transactions)
{
    private const string SeeOption = ". See https://www.consul.io/docs/agent/options.html#txn_max_req_len.";

    public void Map(RouteTable routes) => routes.Add("/v1/txn", "PUT", HandleAsync);

    private async ValueTask HandleAsync(HttpExchange exchange)
    {
        long limit = Math.Max(exchange.Options.TxnMaxRequestLength, exchange.Options.KvMaxValueSize);
        if (exchange.ContentLength > limit)
        {
            TooLarge(exchange, $"Request body({exchange.ContentLength} bytes) too large, max size: {limit} bytes{SeeOption}");
            return;
        }

        ReadOnlyMemory<byte> body = await exchange.ReadBodyAsync(limit);
        if (body.Length > limit)
        {
            TooLarge(exchange, $"Request body too large, max size: {limit} bytes{SeeOption}");
            return;
        }

        var input = new TxnInput(exchange.Options.KvMaxValueSize);
        if (!input.TryRead(body))
        {
            exchange.Text(input.Status, input.Error);
            return;
        }

        string asked = exchange.Datacenter();
        string datacenter = asked.Length == 0 ? exchange.Options.Datacenter : asked;
        if (!input.HasWrites)
        {
            await ReadAsync(exchange, new TxnReadRequest { Ops = input.Ops }, datacenter);
            return;
        }

        var request = new TxnRequest { Datacenter = datacenter, Ops = input.Ops, Token = exchange.Token() };
        Answer(exchange, await transactions.ApplyAsync(request), readOnly: false);
    }

    private async ValueTask ReadAsync(HttpExchange exchange, TxnReadRequest request, string datacenter)
    {
        // It never waits, but what it is told about waiting has to be well-formed.
        if (!exchange.TryParseQueryOptions(request)) return;
        request.Datacenter = datacenter;
        RpcResult<TxnResponse> result = await transactions.ReadAsync(request);
        if (exchange.IsTooStale(request, result)) result = await transactions.ReadAsync(request);
        if (result.Error is null) exchange.SetContact(result.Meta);
        Answer(exchange, result, readOnly: true);
    }

    private static void Answer(HttpExchange exchange, in RpcResult<TxnResponse> result, bool readOnly)
    {
        if (result.Error is { } error)
        {
            exchange.Error(error);
            return;
        }

        int status = result.Value.Errors is { Count: > 0 } ? StatusCodes.Status409Conflict : StatusCodes.Status200OK;
        exchange.Json(status, (result.Value, Meta: readOnly ? result.Meta : (QueryMeta?)null), Write);
    }

    private static void TooLarge(HttpExchange exchange, string text) => exchange.Text(StatusCodes.Status413PayloadTooLarge, text);

    private static void Write(Utf8JsonWriter writer, (TxnResponse Response, QueryMeta? Meta) answer)
    {
        writer.WriteStartObject();
        bool failed = answer.Response.Errors is { Count: > 0 };
        if (failed) writer.WriteNull("Results"u8);
        else WriteResults(writer, answer.Response.Results ?? []);
        if (failed) WriteErrors(writer, answer.Response.Errors!);
        else writer.WriteNull("Errors"u8);
        if (answer.Meta is { } meta)
        {
            writer.WriteNumber("Index"u8, meta.Index);
            writer.WriteNumber("LastContact"u8, meta.LastContactNs);
            writer.WriteBoolean("KnownLeader"u8, meta.KnownLeader);
            writer.WriteString("ConsistencyLevel"u8, ""u8);
            writer.WriteBoolean("NotModified"u8, false);
            writer.WriteNumber("Backend"u8, 0);
        }

        writer.WriteEndObject();
    }

    private static void WriteResults(Utf8JsonWriter writer, IReadOnlyList<TxnResult> results)
    {
        writer.WriteStartArray("Results"u8);
        foreach (TxnResult result in results)
        {
            writer.WriteStartObject();
            if (result.Kv is { } entry)
            {
                writer.WritePropertyName("KV"u8);
                RecordJson.Write(writer, entry);
            }
            else if (result.Node is { } node)
            {
                writer.WritePropertyName("Node"u8);
                RecordJson.Write(writer, node);
            }
            else if (result.Service is { } service)
            {
                writer.WritePropertyName("Service"u8);
                RecordJson.Write(writer, service, nullLists: true);
            }
            else if (result.Check is { } check)
            {
                writer.WritePropertyName("Check"u8);
                RecordJson.Write(writer, check, nullLists: true);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteErrors(Utf8JsonWriter writer, IReadOnlyList<TxnError> errors)
    {
        writer.WriteStartArray("Errors"u8);
        foreach (TxnError error in errors)
        {
            writer.WriteStartObject();
            writer.WriteNumber("OpIndex"u8, error.OpIndex);
            writer.WriteString("What"u8, error.What);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
