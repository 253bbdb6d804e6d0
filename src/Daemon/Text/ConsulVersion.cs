namespace Consul.Fast.Daemon.Text;

/// <summary>
/// What the agent says it is. Peers and tools switch features by Consul's version, so the API level is shown wherever a
/// program reads it; the product's own version is for people.
/// </summary>
internal static class ConsulVersion
{
    /// <summary>The level of Consul that API, gossip tags and RPC follow.</summary>
    public const string ApiLevel = "1.10.12";

    /// <summary>The version of this product, from the build.</summary>
    public static string Product { get; } = typeof(ConsulVersion).Assembly.GetName().Version?.ToString(3) ?? "";
}
