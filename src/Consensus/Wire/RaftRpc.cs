namespace Consul.Fast.Consensus.Wire;

/// <summary>The byte before each request on a Raft connection.</summary>
internal enum RaftRpc : byte
{
    AppendEntries = 0,
    RequestVote = 1,

    /// <summary>The request is followed by as many raw bytes as it says.</summary>
    InstallSnapshot = 2,
    TimeoutNow = 3,

    /// <summary>Known to servers of this implementation only; others close the connection.</summary>
    PreVote = 4,
}
