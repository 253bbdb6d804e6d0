using System.Net;
using System.Threading.Channels;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Gossip.Node;

/// <summary>
/// A gossip pool as its owner drives it. Thread safe. Calls that wait are cancelled when the node stops
/// (<see cref="OperationCanceledException"/>).
/// </summary>
public interface IGossipPool : IMembership
{
    /// <summary>What happens in the pool, for one reader; ends when the node stops.</summary>
    ChannelReader<PoolEvent> Events { get; }

    /// <summary>The keys of the pool; null without encryption.</summary>
    Keyring? Keyring { get; }

    /// <summary>Joins the pools at these addresses, one after the other.</summary>
    /// <param name="ignoreOld">Events fired before are not delivered.</param>
    Task<JoinReport> JoinAsync(IReadOnlyList<JoinAddress> addresses, bool ignoreOld = true);

    /// <summary>Leaves for good; goes on answering probes until it stops. False when the pool could not be told in time.</summary>
    Task<bool> LeaveAsync();

    /// <summary>Makes the pool treat a failed member as one that left. False when the pool could not be told in time.</summary>
    /// <param name="prune">Forget it at once.</param>
    Task<bool> ForceLeaveAsync(string node, bool prune);

    /// <summary>Announces other tags. False when they are too large or the pool could not be told in time.</summary>
    Task<bool> UpdateTagsAsync(IReadOnlyCollection<KeyValuePair<string, string>> tags);

    /// <summary>Fires a user event. Null, or why it was not fired.</summary>
    Task<string?> FireEventAsync(string name, ReadOnlyMemory<byte> payload, bool canCoalesce);

    /// <summary>Asks the pool, this node included. Null when the query is too large.</summary>
    Task<PoolQuery?> QueryAsync(PoolQueryRequest request);

    /// <summary>Adds a key everywhere. Null when the query could not be sent. Each member judges the key for itself.</summary>
    /// <param name="relayFactor">Helpers that relay each answer once more, 0 to 5.</param>
    Task<KeyReport?> InstallKeyAsync(ReadOnlyMemory<byte> key, byte relayFactor = 0);

    /// <summary>Makes an installed key the one that encrypts, everywhere.</summary>
    Task<KeyReport?> UseKeyAsync(ReadOnlyMemory<byte> key, byte relayFactor = 0);

    /// <summary>Removes a key everywhere.</summary>
    Task<KeyReport?> RemoveKeyAsync(ReadOnlyMemory<byte> key, byte relayFactor = 0);

    /// <summary>Counts the keys of all members.</summary>
    Task<KeyReport?> ListKeysAsync(byte relayFactor = 0);

    /// <summary>Own place in the network, or that of a member; null when it was never measured.</summary>
    Task<NodeCoordinate?> CoordinateAsync(string? node = null);

    /// <summary>Numbers under the names operators know from Serf.</summary>
    Task<IReadOnlyDictionary<string, string>> StatisticsAsync();
}

/// <summary>Where a join knocks.</summary>
/// <param name="Node">The name of the member that is expected there; null for whoever answers.</param>
public readonly record struct JoinAddress(IPEndPoint Address, string? Node = null);

/// <param name="Joined">Number of addresses whose pool was joined.</param>
/// <param name="Failures">Why the others were not.</param>
public sealed record JoinReport(int Joined, IReadOnlyList<JoinFailure> Failures);

/// <param name="Reason">In the words of memberlist, without the address.</param>
public sealed record JoinFailure(IPEndPoint Address, string Reason);
