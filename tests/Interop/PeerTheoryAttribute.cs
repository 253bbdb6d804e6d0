namespace Consul.Fast.Interop.Tests;

/// <summary>
/// A test with a foreign program. Without that program it is skipped with the reason, unless <c>CONSUL_FAST_REQUIRE_PEERS=1</c>
/// says that the program has to be there; then the test runs and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerTheoryAttribute : TheoryAttribute
{
    private const string Variable = "CONSUL_FAST_REQUIRE_PEERS";

    public PeerTheoryAttribute(string peer)
    {
        Peer = peer;
        bool required = Environment.GetEnvironmentVariable(Variable) == "1";
        if (!required && peer == PythonConsul.Name && PythonConsul.Missing is { } reason) Skip = reason;
    }

    public string Peer { get; }
}
