using System.Globalization;
using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Filter;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Records;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary><c>/v1/operator/keyring</c>: the keys that gossip is encrypted with.</summary>
internal sealed class OperatorKeyringArea(IInternal internals)
{
    private const int RelayFactorMax = 5;

    public void Map(RouteTable routes) => routes.Add("/v1/operator/keyring", "GET,POST,PUT,DELETE", OperateAsync);

    private async ValueTask OperateAsync(HttpExchange exchange)
    {
        bool isList = HttpMethods.IsGet(exchange.Method);
        var request = new KeyringRequest();
        if (!isList && !KeyringInput.TryRead(await exchange.ReadBodyAsync(), request, out string error))
        {
            exchange.BadRequest($"Request decode failed: {error}");
            return;
        }

        if (!TryReadRelayFactor(exchange, request) || !TryReadLocalOnly(exchange, request, isList)) return;
        request.Token = exchange.Token();
        request.Operation = exchange.Method switch
        {
            "POST" => KeyringOperations.Install,
            "PUT" => KeyringOperations.Use,
            "DELETE" => KeyringOperations.Remove,
            _ => KeyringOperations.List,
        };
        RpcResult<IReadOnlyList<KeyringResponse>> result = await internals.KeyringOperationAsync(request);
        if ((result.Error ?? FaultOf(result.Value)) is { } fault) exchange.Error(fault);
        else if (isList) exchange.Json(result.Value, Write);
        else exchange.Empty();
    }

    private static bool TryReadRelayFactor(HttpExchange exchange, KeyringRequest request)
    {
        if (exchange.Query.Get("relay-factor") is not { Length: > 0 } text) return true;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long factor))
        {
            ReadOnlySpan<char> digits = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
            bool isNumber = !digits.IsEmpty && !digits.ContainsAnyExceptInRange('0', '9');
            string reason = isNumber ? "value out of range" : "invalid syntax";
            exchange.BadRequest($"Error parsing relay factor: strconv.Atoi: parsing {GoDuration.Quote(text)}: {reason}");
            return false;
        }

        request.RelayFactor = (byte)Math.Clamp(factor, 0, RelayFactorMax);
        if (factor == request.RelayFactor) return true;
        exchange.BadRequest("Invalid relay-factor: Relay factor must be in range: [0, 5]");
        return false;
    }

    private static bool TryReadLocalOnly(HttpExchange exchange, KeyringRequest request, bool isList)
    {
        if (exchange.Query.Get("local-only") is not { Length: > 0 } text) return true;
        if (!Coercions.TryFlag(text, out bool localOnly, out string error))
        {
            exchange.BadRequest($"Error parsing local-only: {error}");
            return false;
        }

        request.LocalOnly = localOnly;
        if (isList || !localOnly) return true;
        exchange.BadRequest("Invalid use of local-only: local-only can only be set for list requests");
        return false;
    }

    /// <summary>What went wrong in which pool and at which members, or null.</summary>
    private static string? FaultOf(IReadOnlyList<KeyringResponse> pools)
    {
        List<string> faults = [];
        foreach (KeyringResponse pool in pools)
        {
            if (pool.Error.Length == 0) continue;
            faults.Add($"{(pool.Wan ? "WAN" : $"{pool.Datacenter} (LAN)")} error: {pool.Error}");
            foreach ((string member, string message) in pool.Messages) faults.Add($"{member}: {message}");
        }

        if (faults.Count == 0) return null;
        var text = new StringBuilder(faults.Count == 1 ? "1 error occurred:" : $"{faults.Count} errors occurred:");
        foreach (string fault in faults) text.Append("\n\t* ").Append(fault);
        return text.Append("\n\n").ToString();
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<KeyringResponse> pools)
    {
        writer.WriteStartArray();
        foreach (KeyringResponse pool in pools)
        {
            writer.WriteStartObject();
            writer.WriteBoolean("WAN"u8, pool.Wan);
            writer.WriteString("Datacenter"u8, pool.Datacenter);
            writer.WriteString("Segment"u8, ""u8);
            if (pool.Messages.Count > 0)
            {
                writer.WriteStartObject("Messages"u8);
                foreach ((string member, string message) in pool.Messages) writer.WriteString(member, message);
                writer.WriteEndObject();
            }

            WriteCounts(writer, "Keys"u8, pool.Keys);
            WriteCounts(writer, "PrimaryKeys"u8, pool.PrimaryKeys);
            writer.WriteNumber("NumNodes"u8, pool.NumNodes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteCounts(Utf8JsonWriter writer, ReadOnlySpan<byte> name, SortedMap<int> counts)
    {
        writer.WriteStartObject(name);
        foreach ((string key, int count) in counts) writer.WriteNumber(key, count);
        writer.WriteEndObject();
    }
}
