namespace Consul.Fast.Gossip.Core.Swim;

/// <summary>What became of a state received from another node.</summary>
internal enum MergeResult
{
    Merged,

    /// <summary>The versions of both sides together exclude somebody.</summary>
    IncompatibleVersions,

    /// <summary>The policy of the pool refused.</summary>
    Refused,
}
