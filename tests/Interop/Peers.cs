namespace Consul.Fast.Interop.Tests;

/// <summary>Which foreign programs this machine has.</summary>
internal static class Peers
{
    private const string Variable = "CONSUL_FAST_REQUIRE_PEERS";

    /// <summary>True when a missing peer is a failure.</summary>
    public static bool Required => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>Why a test with a peer is skipped; null when it runs. No machine has to have a Consul agent.</summary>
    public static string? SkipReason(string peer) => Required && peer != ConsulAgent.Name ? null : Missing(peer);

    /// <summary>Why a peer cannot be used; null when it can.</summary>
    public static string? Missing(string peer) => peer switch
    {
        PythonConsul.Name => PythonConsul.Missing,
        GoPrograms.Name => GoPrograms.Missing,
        SerfAgent.Name => SerfAgent.Missing,
        ConsulAgent.Name => ConsulAgent.Missing,
        _ => throw new ArgumentException($"unknown peer {peer}", nameof(peer)),
    };
}
