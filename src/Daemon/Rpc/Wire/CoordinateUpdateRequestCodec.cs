using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Coordinate.Update.</summary>
internal static class CoordinateUpdateRequestCodec
{
    public static void Write(MsgPackWriter writer, CoordinateUpdateRequest request)
    {
        writer.WriteMapHeader(5);
        writer.WriteKey("Coord"u8);
        if (request.Point is { } point) CoordinateCodec.WritePoint(writer, point);
        else writer.WriteNil();
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        writer.WriteKey("Node"u8);
        writer.WriteString(request.Node);
        writer.WriteKey("Segment"u8);
        writer.WriteString(request.Segment);
        writer.WriteKey("Token"u8);
        writer.WriteString(request.Token);
    }

    public static CoordinateUpdateRequest Read(ref MsgPackReader reader)
    {
        string datacenter = "", node = "", segment = "", token = "";
        CoordinatePoint? point = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Coord"u8)) point = reader.TryReadNil() ? null : CoordinateCodec.ReadPoint(ref reader);
            else if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("Node"u8)) node = reader.ReadString();
            else if (key.SequenceEqual("Segment"u8)) segment = reader.ReadString();
            else if (key.SequenceEqual("Token"u8)) token = reader.ReadString();
            else reader.Skip();
        }

        return new CoordinateUpdateRequest(datacenter, node, segment, point, token);
    }
}
