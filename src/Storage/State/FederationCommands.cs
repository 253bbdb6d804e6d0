using Consul.Fast.Consensus;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;

namespace Consul.Fast.Storage.State;

/// <summary>What the datacenters tell of their gateways.</summary>
internal static class FederationCommands
{
    public static bool TryApply(StateEdit edit, ulong index, ReadOnlySpan<byte> body, out object? result)
    {
        result = null;
        var reader = new MsgPackReader(body);
        FederationStateRequest request = SystemRequestCodec.ReadFederationState(ref reader);
        if (reader.Failed) return false;
        if (request.Op is not (FederationStateRequest.Upsert or FederationStateRequest.Delete))
        {
            result = new ApplyError($"invalid federation state operation type: {request.Op}");
            return true;
        }

        if (request.State is not { } state) return false;
        if (request.Op == FederationStateRequest.Upsert) result = Set(edit, index, state);
        else Delete(edit, index, state.Datacenter);
        return true;
    }

    public static void Restore(StateEdit edit, FederationState state)
    {
        edit.FederationStates.Set(RowKey.OfName(state.Datacenter), state);
        edit.RaiseIndex(IndexNames.FederationStates, state.ModifyIndex);
    }

    private static object Set(StateEdit edit, ulong index, FederationState state)
    {
        if (state.Datacenter.Length == 0) return new ApplyError("missing datacenter on federation state");
        byte[] key = RowKey.OfName(state.Datacenter);
        edit.FederationStates.Set(key, state with
        {
            CreateIndex = edit.FederationStates.Get(key)?.CreateIndex ?? index,
            ModifyIndex = index,
            // Written in this datacenter: copies bring the index of their origin.
            PrimaryModifyIndex = state.PrimaryModifyIndex == 0 ? index : state.PrimaryModifyIndex,
        });
        edit.SetIndex(IndexNames.FederationStates, index);
        return ApplyResults.Of(true);
    }

    private static void Delete(StateEdit edit, ulong index, string datacenter)
    {
        if (edit.FederationStates.Remove(RowKey.OfName(datacenter))) edit.SetIndex(IndexNames.FederationStates, index);
    }
}
