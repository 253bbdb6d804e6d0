using Consul.Fast.Consensus;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Tables;

namespace Consul.Fast.Storage.State;

/// <summary>Reaping of tombstones. Moves no index: readers that could notice have long been answered.</summary>
internal static class TombstoneCommands
{
    public static bool TryApply(StateEdit edit, ReadOnlySpan<byte> body, out object? result)
    {
        result = null;
        if (!CommandCodec.TryDecode(body, out TombstoneRequest? request)) return false;
        edit.Operation = request.Op;
        if (request.Op != TombstoneRequest.Reap)
        {
            result = new ApplyError($"Invalid Tombstone operation '{request.Op}'");
            return true;
        }

        var reaped = new List<byte[]>();
        foreach (ByteMapEntry<ulong> tombstone in edit.Tombstones.WithPrefix(default))
        {
            if (tombstone.Value <= request.ReapIndex) reaped.Add(tombstone.Key);
        }

        foreach (byte[] key in reaped) edit.Tombstones.Remove(key);
        return true;
    }
}
