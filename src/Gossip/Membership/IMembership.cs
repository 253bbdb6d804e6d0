namespace Consul.Fast.Gossip.Membership;

/// <summary>A gossip pool as the agent sees it. Thread safe.</summary>
public interface IMembership
{
    /// <summary>This agent.</summary>
    Member Local { get; }

    /// <summary>Everybody, this agent included; a new list after each change.</summary>
    IReadOnlyList<Member> Members { get; }
}
