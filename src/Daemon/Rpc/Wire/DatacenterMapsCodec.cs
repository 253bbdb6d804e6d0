using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Coordinate.ListDatacenters: a bare list, nil when there is no datacenter to tell of.</summary>
internal static class DatacenterMapsCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<IReadOnlyList<DatacenterMap>> reply) =>
        MsgPackCollections.WriteList(writer, reply.Value.Count == 0 ? null : reply.Value, WriteMap);

    public static RpcResult<IReadOnlyList<DatacenterMap>> Read(ref MsgPackReader reader) =>
        RpcResult<IReadOnlyList<DatacenterMap>>.Ok(MsgPackCollections.ReadList(ref reader, ReadMap) ?? []);

    private static void WriteMap(MsgPackWriter writer, DatacenterMap map)
    {
        writer.WriteMapHeader(3);
        writer.WriteKey("AreaID"u8);
        writer.WriteString(map.AreaId);
        writer.WriteKey("Coordinates"u8);
        MsgPackCollections.WriteList(writer, map.Coordinates, CoordinateCodec.Write);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(map.Datacenter);
    }

    private static DatacenterMap ReadMap(ref MsgPackReader reader)
    {
        string area = "", datacenter = "";
        IReadOnlyList<Coordinate> coordinates = [];
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("AreaID"u8)) area = reader.ReadString();
            else if (key.SequenceEqual("Coordinates"u8)) coordinates = MsgPackCollections.ReadList(ref reader, CoordinateCodec.Read) ?? [];
            else if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else reader.Skip();
        }

        return new DatacenterMap(datacenter, area, coordinates);
    }
}
