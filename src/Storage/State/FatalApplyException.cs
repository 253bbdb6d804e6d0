using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Storage.State;

/// <summary>
/// A committed command that this server cannot apply. Going on would make it differ from the other replicas, so the server
/// must stop; the state stays as it was before the batch.
/// </summary>
public sealed class FatalApplyException(ulong index, CommandType type, string reason)
    : Exception($"cannot apply the log entry {index} of type {(int)type} ({type}): {reason}")
{
    /// <summary>Raft index of the entry.</summary>
    public ulong Index { get; } = index;

    public CommandType Type { get; } = type;
}
