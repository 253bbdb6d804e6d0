namespace Consul.Fast.Interop.Tests;

/// <summary>Which foreign programs this machine has.</summary>
internal static class Peers
{
    private const string Variable = "CONSUL_FAST_REQUIRE_PEERS";

    /// <summary>True when it is a failure that a peer is missing. No distribution has Consul, so its tests run where it is at hand.</summary>
    public static bool IsRequired(string peer) => peer != ConsulAgent.Name && Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>Why a peer cannot be used; null when it can.</summary>
    public static string? Missing(string peer) => peer switch
    {
        PythonConsul.Name => PythonConsul.Missing,
        GoPrograms.Name => GoPrograms.Missing,
        ConsulAgent.Name => ConsulAgent.Missing,
        SerfAgent.Name => SerfAgent.Missing,
        _ => throw new ArgumentException($"unknown peer {peer}", nameof(peer)),
    };
}
