using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>The body of <c>coordinate/update</c>.</summary>
internal static class CoordinateInput
{
    private const string TypeName = "CoordinateUpdateRequest";

    public static bool TryRead(ReadOnlyMemory<byte> body, out CoordinateUpdateRequest request, out string error)
    {
        request = new CoordinateUpdateRequest("", "", "", null, "");
        if (!JsonInput.TryParse(body, out JsonElement root, out error)) return false;
        var fields = new JsonFields(root, root.ValueKind == JsonValueKind.Object ? TypeName : "structs." + TypeName);
        request = new CoordinateUpdateRequest(
            fields.String("Datacenter"),
            fields.String("Node"),
            fields.String("Segment"),
            HasPoint(fields) ? fields.Nested("Coordinate.Coord", Point, "Coord") : null,
            fields.String("Token"));
        error = fields.Finish() ?? "";
        return error.Length == 0;
    }

    /// <summary>A value that is no object has its own text here.</summary>
    private static bool HasPoint(JsonFields fields)
    {
        if (fields.Any("Coord") is not { } value) return false;
        if (value.ValueKind == JsonValueKind.Object) return true;
        string kind = JsonFields.KindName(value);
        fields.Fail($"json: cannot unmarshal {kind} into Go struct field {TypeName}.Coord of type coordinate.Coordinate", "Coord");
        return false;
    }

    private static CoordinatePoint Point(JsonFields fields) =>
        new(fields.Doubles("Vec"), fields.Double("Error"), fields.Double("Adjustment"), fields.Double("Height"));
}
