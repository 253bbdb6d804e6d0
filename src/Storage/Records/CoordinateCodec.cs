using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>Coordinates, in batches, snapshots and replies; a point alone in the report of an agent.</summary>
public static class CoordinateCodec
{
    public static void Write(MsgPackWriter writer, Coordinate coordinate)
    {
        writer.WriteMapHeader(3);
        writer.WriteKey("Coord"u8);
        WritePoint(writer, coordinate.Point);
        writer.WriteKey("Node"u8);
        writer.WriteString(coordinate.Node);
        writer.WriteKey("Segment"u8);
        writer.WriteString(coordinate.Segment);
    }

    public static void WritePoint(MsgPackWriter writer, CoordinatePoint point)
    {
        writer.WriteMapHeader(4);
        writer.WriteKey("Adjustment"u8);
        writer.WriteFloat64(point.Adjustment);
        writer.WriteKey("Error"u8);
        writer.WriteFloat64(point.Error);
        writer.WriteKey("Height"u8);
        writer.WriteFloat64(point.Height);
        writer.WriteKey("Vec"u8);
        MsgPackCollections.WriteList(writer, point.Vec, static (w, value) => w.WriteFloat64(value));
    }

    public static Coordinate Read(ref MsgPackReader reader)
    {
        string node = "", segment = "";
        var point = new CoordinatePoint(null, 0, 0, 0);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Coord"u8)) point = ReadPoint(ref reader);
            else if (key.SequenceEqual("Node"u8)) node = reader.ReadString();
            else if (key.SequenceEqual("Segment"u8)) segment = reader.ReadString();
            else reader.Skip();
        }

        return new Coordinate(node, segment, point);
    }

    public static CoordinatePoint ReadPoint(ref MsgPackReader reader)
    {
        IReadOnlyList<double>? vec = null;
        double error = 0, adjustment = 0, height = 0;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Adjustment"u8)) adjustment = reader.ReadFloat64();
            else if (key.SequenceEqual("Error"u8)) error = reader.ReadFloat64();
            else if (key.SequenceEqual("Height"u8)) height = reader.ReadFloat64();
            else if (key.SequenceEqual("Vec"u8)) vec = MsgPackCollections.ReadList(ref reader, ReadNumber);
            else reader.Skip();
        }

        return new CoordinatePoint(vec, error, adjustment, height);
    }

    private static double ReadNumber(ref MsgPackReader reader) => reader.ReadFloat64();
}
