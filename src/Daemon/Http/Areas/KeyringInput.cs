using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>
/// The body of a change of keys. Like Consul it takes more than the key: a relay factor, which a parameter beats and whose range
/// nobody checks here, and two settings that have no effect.
/// </summary>
internal static class KeyringInput
{
    private const string RelayFactor = "RelayFactor";

    public static bool TryRead(ReadOnlyMemory<byte> body, KeyringRequest request, out string error)
    {
        if (!JsonInput.TryParse(body, out JsonElement root, out error)) return false;
        if (root.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
        {
            error = $"json: cannot unmarshal {JsonFields.KindName(root)} into Go value of type agent.keyringArgs";
            return false;
        }

        var fields = new JsonFields(root, "keyringArgs");
        request.Key = fields.String("Key");
        request.RelayFactor = ReadRelayFactor(fields);
        _ = fields.String("Token");
        _ = fields.Bool("LocalOnly");
        error = fields.Finish() ?? "";
        return error.Length == 0;
    }

    private static byte ReadRelayFactor(JsonFields fields)
    {
        if (fields.Any(RelayFactor) is not { } value) return 0;
        bool isNumber = value.ValueKind == JsonValueKind.Number;
        if (isNumber && value.TryGetByte(out byte factor)) return factor;
        string kind = isNumber ? $"number {value.GetRawText()}" : JsonFields.KindName(value);
        fields.Fail($"json: cannot unmarshal {kind} into Go struct field keyringArgs.RelayFactor of type uint8", RelayFactor);
        return 0;
    }
}
