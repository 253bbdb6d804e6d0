using Consul.Fast.Consensus;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;

namespace Consul.Fast.Storage.State;

/// <summary>Facts about the state itself.</summary>
internal static class SystemMetadataCommands
{
    public static bool TryApply(StateEdit edit, ulong index, ReadOnlySpan<byte> body, out object? result)
    {
        result = null;
        var reader = new MsgPackReader(body);
        SystemMetadataRequest request = SystemRequestCodec.ReadSystemMetadata(ref reader);
        if (reader.Failed) return false;
        edit.Operation = request.Op;
        if (request.Op is not (SystemMetadataRequest.Upsert or SystemMetadataRequest.Delete))
        {
            result = new ApplyError($"invalid system metadata operation type: {request.Op}");
            return true;
        }

        if (request.Entry is not { } entry) return false;
        if (request.Op == SystemMetadataRequest.Delete) Delete(edit, index, entry.Key);
        else if (entry.Key.Length == 0) result = new ApplyError("missing key on system metadata");
        else result = Set(edit, index, entry);
        return true;
    }

    public static void Restore(StateEdit edit, SystemMetadataEntry entry)
    {
        edit.SystemMetadata.Set(RowKey.OfName(entry.Key), entry);
        edit.RaiseIndex(IndexNames.SystemMetadata, entry.ModifyIndex);
    }

    public static object Set(StateEdit edit, ulong index, SystemMetadataEntry entry)
    {
        byte[] key = RowKey.OfName(entry.Key);
        ulong createIndex = edit.SystemMetadata.Get(key)?.CreateIndex ?? index;
        edit.SystemMetadata.Set(key, entry with { CreateIndex = createIndex, ModifyIndex = index });
        edit.SetIndex(IndexNames.SystemMetadata, index);
        return ApplyResults.Of(true);
    }

    public static string? ValueOf(StateEdit edit, string name) => edit.SystemMetadata.Get(RowKey.OfName(name))?.Value;

    private static void Delete(StateEdit edit, ulong index, string name)
    {
        if (edit.SystemMetadata.Remove(RowKey.OfName(name))) edit.SetIndex(IndexNames.SystemMetadata, index);
    }
}
