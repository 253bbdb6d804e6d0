using System.Net;

namespace Consul.Fast.Gossip.Membership;

/// <summary>One agent as the gossip pool shows it. Immutable.</summary>
/// <param name="Name">Node name, unique in the pool.</param>
/// <param name="Address">Address it gossips on.</param>
/// <param name="Port">Port it gossips on.</param>
/// <param name="Tags">What the agent tells about itself, in byte order of the keys.</param>
/// <param name="Status">How the pool sees it.</param>
public sealed record Member(
    string Name,
    IPAddress Address,
    int Port,
    IReadOnlyList<KeyValuePair<string, string>> Tags,
    MemberStatus Status)
{
    /// <summary>Versions of the membership protocol it understands and speaks.</summary>
    public ProtocolVersions Protocol { get; init; } = ProtocolVersions.Membership;

    /// <summary>The same for the layer of events and queries above.</summary>
    public ProtocolVersions Delegate { get; init; } = ProtocolVersions.Events;

    /// <summary>The value of a tag, empty when the member has none of that name.</summary>
    public string Tag(string name)
    {
        foreach ((string key, string value) in Tags)
        {
            if (key == name) return value;
        }

        return "";
    }
}

/// <summary>The numbers are on the wire and in the API.</summary>
public enum MemberStatus
{
    None = 0,
    Alive = 1,
    Leaving = 2,
    Left = 3,
    Failed = 4,
}

public readonly record struct ProtocolVersions(byte Min, byte Max, byte Current)
{
    public static readonly ProtocolVersions Membership = new(1, 5, 2);
    public static readonly ProtocolVersions Events = new(2, 5, 4);
}
