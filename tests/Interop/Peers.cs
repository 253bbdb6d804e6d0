namespace Consul.Fast.Interop.Tests;

/// <summary>Which foreign programs this machine has.</summary>
internal static class Peers
{
    private const string Variable = "CONSUL_FAST_REQUIRE_PEERS";

    /// <summary>True when a missing peer is a failure.</summary>
    public static bool Required => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>Why a peer cannot be used; null when it can.</summary>
    public static string? Missing(string peer) => peer switch
    {
        PythonConsul.Name => PythonConsul.Missing,
        GoPrograms.Name => GoPrograms.Missing,
        SerfAgent.Name => SerfAgent.Missing,
        _ => throw new ArgumentException($"unknown peer {peer}", nameof(peer)),
    };
}
