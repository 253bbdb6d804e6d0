namespace Consul.Fast.Consensus.Core;

/// <summary>A configuration and the index of the entry that brought it; index 0 and no servers when there is none.</summary>
internal sealed record ConfigurationPoint(ClusterConfiguration Configuration, ulong Index)
{
    public static readonly ConfigurationPoint None = new(ClusterConfiguration.Empty, 0);
}
