using Consul.Fast.Consensus;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;

namespace Consul.Fast.Storage.State;

/// <summary>
/// Intentions, as far as they can be applied without configuration entries: the step with which a leader leaves their old form
/// behind, deletions in the old form, and all refusals. Records of the old form are kept as they came.
/// </summary>
internal static class IntentionCommands
{
    private const string Disabled = "Legacy intention modifications are disabled after the config entry migration.";
    private const string NotMigrated =
        "state: IntentionMutation() is not allowed when intentions are not stored in config entries";

    /// <exception cref="FatalApplyException">The command would change what this server does not keep.</exception>
    public static bool TryApply(StateEdit edit, ulong index, ReadOnlySpan<byte> body, out object? result)
    {
        result = null;
        var reader = new MsgPackReader(body);
        IntentionRequest request = SystemRequestCodec.ReadIntention(ref reader);
        if (reader.Failed) return false;
        edit.Operation = request.Op;
        result = request.IsMutation ? Mutate(edit, index, request.Op) : Change(edit, index, request);
        return true;
    }

    /// <returns>False when the record has no id.</returns>
    public static bool Restore(StateEdit edit, ReadOnlySpan<byte> encoded)
    {
        var reader = new MsgPackReader(encoded);
        string id = SystemRequestCodec.ReadId(ref reader);
        if (reader.Failed || id.Length == 0) return false;
        edit.LegacyIntentions.Set(RowKey.OfName(id), encoded.ToArray());
        return true;
    }

    private static ApplyError Mutate(StateEdit edit, ulong index, string op)
    {
        if (!IsMigrated(edit)) return new ApplyError(NotMigrated);
        if (op is "create" or "update" or "delete" or "upsert")
            throw new FatalApplyException(index, CommandType.Intention, "this server does not keep configuration entries");
        return new ApplyError($"Invalid Intention mutation operation '{op}'");
    }

    private static ApplyError? Change(StateEdit edit, ulong index, IntentionRequest request)
    {
        switch (request.Op)
        {
            case "create" or "update" or "delete" when IsMigrated(edit):
                return new ApplyError(Disabled);
            case "create" or "update":
                throw new FatalApplyException(index, CommandType.Intention, "this server does not keep intentions");
            case "delete":
                if (edit.LegacyIntentions.Remove(RowKey.OfName(request.IntentionId))) edit.SetIndex(IndexNames.Intentions, index);
                return null;
            case "delete-all":
                edit.LegacyIntentions.RemovePrefix([]);
                edit.SetIndex(IndexNames.Intentions, index);
                // Secondary datacenters see from this row that they have copied all that the old table held.
                edit.SetIndex(IndexNames.ConfigEntries, index);
                SystemMetadataCommands.Set(edit, index, new SystemMetadataEntry(
                    SystemMetadataEntry.IntentionFormat, SystemMetadataEntry.IntentionsAreConfigEntries));
                return null;
            default:
                return new ApplyError($"Invalid Intention operation '{request.Op}'");
        }
    }

    private static bool IsMigrated(StateEdit edit) => SystemMetadataCommands.ValueOf(edit, SystemMetadataEntry.IntentionFormat)
        == SystemMetadataEntry.IntentionsAreConfigEntries;
}
