using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Replies of Coordinate.ListNodes and Coordinate.Node.</summary>
internal static class IndexedCoordinatesCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<IReadOnlyList<Coordinate>> reply) =>
        Indexed.WriteList(writer, "Coordinates"u8, reply, CoordinateCodec.Write);

    public static RpcResult<IReadOnlyList<Coordinate>> Read(ref MsgPackReader reader) =>
        Indexed.ReadList(ref reader, "Coordinates"u8, CoordinateCodec.Read);
}
