namespace Consul.Fast.Interop.Tests;

/// <summary>
/// A test with a foreign program. Without that program it is skipped with the reason, unless <c>CONSUL_FAST_REQUIRE_PEERS=1</c>
/// says that the program has to be there; then the test runs and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute(string peer)
    {
        Peer = peer;
        Skip = Peers.SkipReason(peer);
    }

    public string Peer { get; }
}

/// <summary>The same for a single case.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute(string peer)
    {
        Peer = peer;
        Skip = Peers.SkipReason(peer);
    }

    public string Peer { get; }
}
