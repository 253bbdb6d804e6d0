using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>The body of <c>coordinate/update</c>.</summary>
internal static class CoordinateInput
{
    public static bool TryRead(ReadOnlyMemory<byte> body, out CoordinateUpdateRequest request, out string error)
    {
        request = new CoordinateUpdateRequest("", "", "", null, "");
        if (!JsonInput.TryParse(body, out JsonElement root, out error)) return false;
        var fields = new JsonFields(root, "CoordinateUpdateRequest");
        request = new CoordinateUpdateRequest(
            fields.String("Datacenter"),
            fields.String("Node"),
            fields.String("Segment"),
            fields.Nested("CoordinateUpdateRequest.Coord", Point, "Coord"),
            fields.String("Token"));
        error = fields.Finish() ?? "";
        return error.Length == 0;
    }

    private static CoordinatePoint Point(JsonFields fields) =>
        new(fields.Doubles("Vec"), fields.Double("Error"), fields.Double("Adjustment"), fields.Double("Height"));
}
