using System.Text.Json;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Json;

/// <summary>Network coordinates as JSON.</summary>
internal static class CoordinateJson
{
    public static void Write(Utf8JsonWriter writer, CoordinatePoint point)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("Vec"u8);
        if (point.Vec is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteStartArray();
            for (int i = 0; i < point.Vec.Count; i++) WriteItem(writer, point.Vec[i]);
            writer.WriteEndArray();
        }

        writer.WritePropertyName("Error"u8);
        WriteNumber(writer, point.Error);
        writer.WritePropertyName("Adjustment"u8);
        WriteNumber(writer, point.Adjustment);
        writer.WritePropertyName("Height"u8);
        WriteNumber(writer, point.Height);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, Coordinate coordinate)
    {
        writer.WriteStartObject();
        writer.WriteString("Node"u8, coordinate.Node);
        writer.WriteString("Segment"u8, coordinate.Segment);
        writer.WritePropertyName("Coord"u8);
        Write(writer, coordinate.Point);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, DatacenterMap map)
    {
        writer.WriteStartObject();
        writer.WriteString("Datacenter"u8, map.Datacenter);
        writer.WriteString("AreaID"u8, map.AreaId);
        writer.WriteStartArray("Coordinates"u8);
        for (int i = 0; i < map.Coordinates.Count; i++) Write(writer, map.Coordinates[i]);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, double value) =>
        writer.WriteRawValue(GoFloat.Format(value), skipInputValidation: true);

    /// <summary>A number in an array; raw values are not indented by the writer.</summary>
    private static void WriteItem(Utf8JsonWriter writer, double value)
    {
        string text = GoFloat.Format(value);
        JsonWriterOptions options = writer.Options;
        if (options.Indented) text = "\n" + new string(options.IndentCharacter, options.IndentSize * writer.CurrentDepth) + text;
        writer.WriteRawValue(text, skipInputValidation: true);
    }
}
