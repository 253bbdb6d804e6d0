using System.Net;
using System.Threading.Channels;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Daemon.Tests.Agent.Pools;

/// <summary>A pool that can only be joined: at the ports given; others refuse.</summary>
internal sealed class JoinablePool(params int[] open) : IGossipPool
{
    /// <summary>The addresses of each join.</summary>
    public List<JoinAddress[]> Joins { get; } = [];

    /// <summary>Makes every join wait for ever.</summary>
    public bool Hangs { get; init; }

    public bool Stopped { get; init; }

    public Task<JoinReport> JoinAsync(IReadOnlyList<JoinAddress> addresses, bool ignoreOld = true)
    {
        Joins.Add([.. addresses]);
        if (Hangs) return new TaskCompletionSource<JoinReport>().Task;
        if (Stopped) return Task.FromCanceled<JoinReport>(new CancellationToken(canceled: true));
        JoinFailure[] failures = [.. addresses.Where(address => !open.Contains(address.Address.Port))
            .Select(static address => new JoinFailure(address.Address, $"dial tcp {address.Address}: connect: connection refused"))];
        return Task.FromResult(new JoinReport(addresses.Count - failures.Length, failures));
    }

    public Member Local { get; } = new("n1", IPAddress.Loopback, 8301, [], MemberStatus.Alive);

    public IReadOnlyList<Member> Members => [Local];

    public ChannelReader<PoolEvent> Events => throw new NotSupportedException();

    public Keyring? Keyring => null;

    public Task<bool> LeaveAsync() => throw new NotSupportedException();

    public Task<bool> ForceLeaveAsync(string node, bool prune) => throw new NotSupportedException();

    public Task<bool> UpdateTagsAsync(IReadOnlyCollection<KeyValuePair<string, string>> tags) => throw new NotSupportedException();

    public Task<string?> FireEventAsync(string name, ReadOnlyMemory<byte> payload, bool canCoalesce) => throw new NotSupportedException();

    public Task<PoolQuery?> QueryAsync(PoolQueryRequest request) => throw new NotSupportedException();

    public Task<KeyReport?> InstallKeyAsync(ReadOnlyMemory<byte> key, byte relayFactor = 0) => throw new NotSupportedException();

    public Task<KeyReport?> UseKeyAsync(ReadOnlyMemory<byte> key, byte relayFactor = 0) => throw new NotSupportedException();

    public Task<KeyReport?> RemoveKeyAsync(ReadOnlyMemory<byte> key, byte relayFactor = 0) => throw new NotSupportedException();

    public Task<KeyReport?> ListKeysAsync(byte relayFactor = 0) => throw new NotSupportedException();

    public Task<NodeCoordinate?> CoordinateAsync(string? node = null) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, string>> StatisticsAsync() => throw new NotSupportedException();
}
