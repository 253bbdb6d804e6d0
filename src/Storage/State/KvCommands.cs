using Consul.Fast.Consensus;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.State;

/// <summary>KVS commands, read in place from the log entry.</summary>
internal static class KvCommands
{
    public static bool TryApply(StateEdit edit, ulong index, ReadOnlySpan<byte> body, out object? result)
    {
        result = null;
        if (!KvsCommand.TryDecode(body, out KvsCommand command)) return false;
        result = Apply(edit, index, command);
        return true;
    }

    private static object? Apply(StateEdit edit, ulong index, in KvsCommand command)
    {
        switch (command.Op)
        {
            case var op when op.SequenceEqual("set"u8):
                edit.Operation = KvsOp.Set;
                KvWriter.Set(edit, index, command.DirEnt);
                return null;
            case var op when op.SequenceEqual("delete"u8):
                edit.Operation = KvsOp.Delete;
                KvWriter.Delete(edit, index, command.DirEnt.Key);
                return null;
            case var op when op.SequenceEqual("delete-cas"u8):
                edit.Operation = KvsOp.DeleteCas;
                return ApplyResults.Of(KvWriter.DeleteIfUnchanged(edit, index, command.DirEnt));
            case var op when op.SequenceEqual("delete-tree"u8):
                edit.Operation = KvsOp.DeleteTree;
                KvWriter.DeleteTree(edit, index, command.DirEnt.Key);
                return null;
            case var op when op.SequenceEqual("cas"u8):
                edit.Operation = KvsOp.Cas;
                return ApplyResults.Of(KvWriter.SetIfUnchanged(edit, index, command.DirEnt) is not null);
            case var op when op.SequenceEqual("lock"u8):
                edit.Operation = KvsOp.Lock;
                return Verdict(KvWriter.Lock(edit, index, command.DirEnt));
            case var op when op.SequenceEqual("unlock"u8):
                edit.Operation = KvsOp.Unlock;
                return Verdict(KvWriter.Unlock(edit, index, command.DirEnt));
            default:
                return new ApplyError($"Invalid KVS operation '{System.Text.Encoding.UTF8.GetString(command.Op)}'");
        }
    }

    private static object Verdict((DirEntry? Entry, string? Error) outcome) =>
        outcome.Error is { } error ? new ApplyError(error) : ApplyResults.Of(outcome.Entry is not null);
}
