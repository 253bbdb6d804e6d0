using Consul.Fast.Consensus;

namespace Consul.Fast.Daemon.Server;

/// <summary>The two ways in which a proposal fails, as one text.</summary>
internal static class ProposalError
{
    /// <summary>What Raft or the state machine said, or null for success.</summary>
    public static string? Of(in ProposalResult result) => result.Error ?? (result.Value as ApplyError)?.Message;
}
