using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>Batches of network coordinates.</summary>
internal static class CoordinateCommands
{
    public static bool TryApply(StateEdit edit, ulong index, ReadOnlySpan<byte> body, out object? result)
    {
        result = null;
        var reader = new MsgPackReader(body);
        Coordinate[]? batch = MsgPackCollections.ReadList(ref reader, CoordinateCodec.Read);
        if (reader.Failed) return false;
        foreach (Coordinate coordinate in batch ?? [])
        {
            // Both can happen at any time: agents report on their own, and nodes go away meanwhile.
            if (coordinate.Point.IsValid && NodeWriter.Exists(edit, coordinate.Node)) Store(edit, coordinate);
        }

        edit.SetIndex(IndexNames.Coordinates, index);
        return true;
    }

    public static void Store(StateEdit edit, Coordinate coordinate)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddScope(coordinate.Node);
        key.AddLower(coordinate.Segment);
        byte[] row = key.ToArray();
        edit.Coordinates.Set(row, coordinate);
        edit.Changes.Add(WatchTable.Coordinates, row);
    }
}
