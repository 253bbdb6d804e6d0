namespace Consul.Fast.Consensus;

public enum ConfigurationChangeKind
{
    /// <summary>A new voter; an existing server becomes voter and takes the address.</summary>
    AddVoter,

    /// <summary>A new non-voter; an existing server keeps its suffrage and takes the address.</summary>
    AddNonVoter,

    /// <summary>A voter becomes non-voter.</summary>
    Demote,

    Remove,
}

/// <summary>One change of the cluster's servers.</summary>
/// <param name="ServerId">The server concerned.</param>
/// <param name="Address">Its address (<c>ip:port</c>) when it is added.</param>
/// <param name="PreviousIndex">When not 0, the change is refused unless the latest configuration has this index.</param>
public sealed record ConfigurationChange(ConfigurationChangeKind Kind, string ServerId, string Address = "", ulong PreviousIndex = 0);
