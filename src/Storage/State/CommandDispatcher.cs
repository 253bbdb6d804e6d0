using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Storage.State;

/// <summary>Finds the handler of a command by its type byte.</summary>
internal static class CommandDispatcher
{
    /// <exception cref="FatalApplyException">The command is unknown or malformed.</exception>
    public static object? Apply(StateEdit edit, ulong index, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) throw new FatalApplyException(index, default, "it has no type byte");
        CommandType type = TypeOf(data);
        ReadOnlySpan<byte> body = data[1..];
        if (TryApply(edit, index, type, body, out object? result, out bool known)) return result;
        if (known) throw new FatalApplyException(index, type, "it cannot be decoded");
        if ((data[0] & CommandCodec.IgnoreUnknown) != 0 && !IsLogCommand(type)) return null;
        throw new FatalApplyException(index, type, "this server does not know the command");
    }

    /// <summary>The type of a command that is not empty.</summary>
    public static CommandType TypeOf(ReadOnlySpan<byte> data) => (CommandType)(data[0] & ~CommandCodec.IgnoreUnknown);

    private static bool TryApply(
        StateEdit edit, ulong index, CommandType type, ReadOnlySpan<byte> body, out object? result, out bool known)
    {
        known = true;
        switch (type)
        {
            case CommandType.Kvs:
                return KvCommands.TryApply(edit, index, body, out result);
            case CommandType.Register:
                return CatalogCommands.TryRegister(edit, index, body, out result);
            case CommandType.Deregister:
                return CatalogCommands.TryDeregister(edit, index, body, out result);
            case CommandType.Session:
                return SessionCommands.TryApply(edit, index, body, out result);
            case CommandType.Tombstone:
                return TombstoneCommands.TryApply(edit, body, out result);
            case CommandType.Txn:
                return TxnCommands.TryApply(edit, index, body, out result);
            case CommandType.CoordinateBatch:
                return CoordinateCommands.TryApply(edit, index, body, out result);
            case CommandType.Intention:
                return IntentionCommands.TryApply(edit, index, body, out result);
            case CommandType.FederationState:
                return FederationCommands.TryApply(edit, index, body, out result);
            case CommandType.SystemMetadata:
                return SystemMetadataCommands.TryApply(edit, index, body, out result);
            case CommandType.ConnectCaLeaf:
                return CertificateCommands.TryApply(index, body, out result);
            case CommandType.Autopilot:
                return AutopilotCommands.TryApply(edit, index, body, out result);
            default:
                known = false;
                result = null;
                return false;
        }
    }

    /// <summary>Types that a peer applies, so skipping one is no choice even where the entry seems to allow it.</summary>
    private static bool IsLogCommand(CommandType type) => type <= CommandType.SystemMetadata
        && type is not (CommandType.Area or CommandType.ConnectCaProviderState or CommandType.ConnectCaConfig
            or CommandType.Index or CommandType.ChunkingState);
}
