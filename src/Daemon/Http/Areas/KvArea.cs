using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary><c>/v1/kv/</c>.</summary>
internal sealed class KvArea(IKvs kvs)
{
    private const string RawContentType = "text/plain";

    public void Map(RouteTable routes) => routes.Add("/v1/kv/", "GET,PUT,DELETE", Handle);

    private ValueTask Handle(HttpExchange exchange)
    {
        KeyRequest request = exchange.RentKeyRequest();
        if (!exchange.TryParseQueryOptions(request) || exchange.RefusesNamespace()) return default;
        if (HttpMethods.IsGet(exchange.Method)) return Get(exchange, request);
        return HttpMethods.IsPut(exchange.Method) ? PutAsync(exchange, request) : DeleteAsync(exchange, request);
    }

    private ValueTask Get(HttpExchange exchange, KeyRequest request)
    {
        QueryParameters query = exchange.Query;
        request.Key = exchange.ArgumentBytes;
        if (query.Count > 0 && query.Has("keys")) return ListKeysAsync(exchange, request.Key);
        if (query.Count > 0 && query.Has("recurse")) return ListAsync(exchange, request);
        if (IsKeyMissing(exchange)) return default;
        ValueTask<RpcResult<DirEntry?>> read = kvs.GetAsync(request);
        if (!read.IsCompletedSuccessfully || request.MaxStale > TimeSpan.Zero) return AnswerEntryAsync(exchange, request, read);
        AnswerEntry(exchange, read.Result);
        return default;
    }

    private async ValueTask AnswerEntryAsync(HttpExchange exchange, KeyRequest request, ValueTask<RpcResult<DirEntry?>> read)
    {
        RpcResult<DirEntry?> result = await read;
        if (exchange.IsTooStale(request, result)) result = await kvs.GetAsync(request);
        AnswerEntry(exchange, result);
    }

    private static void AnswerEntry(HttpExchange exchange, in RpcResult<DirEntry?> result)
    {
        if (result.Error is { } error)
        {
            exchange.Error(error);
            return;
        }

        if (result.Value is not { } entry)
        {
            exchange.SetMeta(result.Meta, effectiveConsistency: false);
            exchange.Empty(StatusCodes.Status404NotFound);
            return;
        }

        exchange.SetMeta(result.Meta, entry.ModifyIndexText);
        if (exchange.Query.Count > 0 && exchange.Query.Has("raw"))
        {
            AnswerRaw(exchange, entry.Value);
            return;
        }

        if (exchange.IsPretty || !KvEntryJson.IsDirect(entry))
        {
            exchange.Json<IReadOnlyList<DirEntry>>([entry], KvEntryJson.WriteList);
            return;
        }

        int length = KvEntryJson.Length(entry);
        KvEntryJson.Write(entry, exchange.BeginBody(length, HttpExchange.JsonContentType, out IBufferWriter<byte> output));
        output.Advance(length);
    }

    private static void AnswerRaw(HttpExchange exchange, ReadOnlySpan<byte> value)
    {
        IHeaderDictionary headers = exchange.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox";
        exchange.Bytes(StatusCodes.Status200OK, RawContentType, value);
    }

    private async ValueTask ListAsync(HttpExchange exchange, KeyRequest request)
    {
        RpcResult<IReadOnlyList<DirEntry>> result = await kvs.ListAsync(request);
        if (exchange.IsTooStale(request, result)) result = await kvs.ListAsync(request);
        if (result.Error is { } error)
        {
            exchange.Error(error);
            return;
        }

        exchange.SetMeta(result.Meta, effectiveConsistency: false);
        if (result.Value.Count == 0) exchange.Empty(StatusCodes.Status404NotFound);
        else exchange.Json(result.Value, KvEntryJson.WriteList);
    }

    private async ValueTask ListKeysAsync(HttpExchange exchange, ReadOnlyMemory<byte> prefix)
    {
        QueryParameters query = exchange.Query;
        string separator = query.Get("separator") is { Length: > 0 } right ? right : query.Get("seperator") ?? "";
        var request = new KeyListRequest { Prefix = prefix, Separator = Encoding.UTF8.GetBytes(separator) };
        if (!exchange.TryParseQueryOptions(request)) return;
        RpcResult<IReadOnlyList<ReadOnlyMemory<byte>>> result = await kvs.ListKeysAsync(request);
        if (exchange.IsTooStale(request, result)) result = await kvs.ListKeysAsync(request);
        if (result.Error is { } error)
        {
            exchange.Error(error);
            return;
        }

        exchange.SetMeta(result.Meta, effectiveConsistency: false);
        // The root is never missing, only empty.
        if (result.Value.Count == 0 && !prefix.IsEmpty) exchange.Empty(StatusCodes.Status404NotFound);
        else exchange.Json(result.Value, WriteKeys);
    }

    private async ValueTask PutAsync(HttpExchange exchange, KeyRequest request)
    {
        QueryParameters query = exchange.Query;
        if (IsKeyMissing(exchange) || RefusesConflict(exchange, "cas", "acquire", "release")) return;
        string op = KvsOp.Set;
        string session = "";
        ulong flags = 0, index = 0;
        if (query.Count > 0)
        {
            if (query.Has("flags") && !TryParse(exchange, "flags", out flags)) return;
            if (query.Has("cas"))
            {
                if (!TryParse(exchange, "cas", out index)) return;
                op = KvsOp.Cas;
            }

            if (query.Get("acquire") is { } acquire) (op, session) = (KvsOp.Lock, acquire);
            if (query.Get("release") is { } release) (op, session) = (KvsOp.Unlock, release);
        }

        long limit = exchange.Options.KvMaxValueSize;
        if (exchange.ContentLength > limit)
        {
            exchange.Text(
                StatusCodes.Status413PayloadTooLarge,
                $"Request body({exchange.ContentLength} bytes) too large, max size: {limit} bytes. "
                + "See https://www.consul.io/docs/agent/options.html#kv_max_value_size.");
            return;
        }

        ReadOnlyMemory<byte> body = await exchange.ReadBodyAsync();
        var entry = new DirEntry
        {
            Key = exchange.ArgumentBytes.ToArray(),
            Value = ExactArray(body),
            Flags = flags,
            Session = session,
            ModifyIndex = index
        };
        await ApplyAsync(exchange, request, op, entry, isVerdict: op != KvsOp.Set);
    }

    private async ValueTask DeleteAsync(HttpExchange exchange, KeyRequest request)
    {
        QueryParameters query = exchange.Query;
        if (RefusesConflict(exchange, "recurse", "cas")) return;
        bool recurse = query.Has("recurse");
        if (!recurse && IsKeyMissing(exchange)) return;
        string op = recurse ? KvsOp.DeleteTree : KvsOp.Delete;
        ulong index = 0;
        if (query.Has("cas"))
        {
            if (!TryParse(exchange, "cas", out index)) return;
            op = KvsOp.DeleteCas;
        }

        var entry = new DirEntry { Key = exchange.ArgumentBytes.ToArray(), ModifyIndex = index };
        await ApplyAsync(exchange, request, op, entry, isVerdict: op == KvsOp.DeleteCas);
    }

    private async ValueTask ApplyAsync(HttpExchange exchange, KeyRequest request, string op, DirEntry entry, bool isVerdict)
    {
        string datacenter = request.Datacenter.Length == 0 ? exchange.Options.Datacenter : request.Datacenter;
        RpcResult<bool> result = await kvs.ApplyAsync(new KvsRequest
        {
            Datacenter = datacenter,
            Op = op,
            DirEnt = entry,
            Token = request.Token
        });
        if (result.Error is { } error) exchange.Error(error);
        else exchange.JsonBool(!isVerdict || result.Value);
    }

    private static bool IsKeyMissing(HttpExchange exchange)
    {
        if (!exchange.ArgumentIsEmpty) return false;
        exchange.Text(StatusCodes.Status400BadRequest, "Missing key name");
        return true;
    }

    private static bool RefusesConflict(HttpExchange exchange, params ReadOnlySpan<string> flags)
    {
        if (exchange.Query.Count < 2) return false;
        int found = 0;
        foreach (string flag in flags)
        {
            if (exchange.Query.Has(flag)) found++;
        }

        if (found < 2) return false;
        exchange.Text(StatusCodes.Status400BadRequest, "Conflicting flags: " + exchange.Query.Encode());
        return true;
    }

    private static bool TryParse(HttpExchange exchange, string name, out ulong value)
    {
        string text = exchange.Query.Get(name) ?? "";
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)) return true;
        bool isNumber = text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
        exchange.Error($"strconv.ParseUint: parsing {GoDuration.Quote(text)}: {(isNumber ? "value out of range" : "invalid syntax")}");
        return false;
    }

    private static byte[] ExactArray(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out ArraySegment<byte> segment) && segment.Array is { } array && array.Length == body.Length
            ? array
            : body.ToArray();

    private static void WriteKeys(Utf8JsonWriter writer, IReadOnlyList<ReadOnlyMemory<byte>> keys)
    {
        writer.WriteStartArray();
        for (int i = 0; i < keys.Count; i++) writer.WriteStringValue(keys[i].Span);
        writer.WriteEndArray();
    }
}
