using System.Threading.Channels;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Wire.Security;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>
/// This agent's seat in a pool, which can be handed around before the node behind it starts. Until then the agent knows only
/// itself, and calls that need others are refused. Thread safe.
/// </summary>
internal sealed class OwnPool(Member self, Keyring? keyring) : IGossipPool, IAsyncDisposable
{
    private readonly Channel<PoolEvent> _none = Channel.CreateBounded<PoolEvent>(1);
    private volatile IReadOnlyList<Member> _alone = [self];
    private volatile GossipNode? _node;

    public Member Local => _node?.Local ?? _alone[0];

    public IReadOnlyList<Member> Members => _node?.Members ?? _alone;

    public ChannelReader<PoolEvent> Events => _node?.Events ?? _none.Reader;

    public Keyring? Keyring => keyring;

    private GossipNode Node => _node ?? throw new InvalidOperationException("The gossip pool has not been started.");

    /// <summary>Where others reach this agent, with the ports that the system chose.</summary>
    /// <param name="options">With the keyring of this pool.</param>
    /// <exception cref="IOException">The node cannot start; the message is for the user.</exception>
    public async Task<Member> StartAsync(GossipNodeOptions options, ILogger logger)
    {
        try
        {
            _node = await GossipNode.StartAsync(options with { Keyring = keyring }, logger);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            throw new IOException(PoolFaults.OfStart(options, exception), exception);
        }

        return _node.Local;
    }

    public Task<JoinReport> JoinAsync(IReadOnlyList<JoinAddress> addresses, bool ignoreOld = true) => Node.JoinAsync(addresses, ignoreOld);

    public Task<bool> LeaveAsync() => Node.LeaveAsync();

    public Task<bool> ForceLeaveAsync(string node, bool prune) => Node.ForceLeaveAsync(node, prune);

    public Task<bool> UpdateTagsAsync(IReadOnlyCollection<KeyValuePair<string, string>> tags) => Node.UpdateTagsAsync(tags);

    public Task<string?> FireEventAsync(string name, ReadOnlyMemory<byte> payload, bool canCoalesce) =>
        Node.FireEventAsync(name, payload, canCoalesce);

    public Task<PoolQuery?> QueryAsync(PoolQueryRequest request) => Node.QueryAsync(request);

    public Task<KeyReport?> InstallKeyAsync(ReadOnlyMemory<byte> key, byte relayFactor = 0) => Node.InstallKeyAsync(key, relayFactor);

    public Task<KeyReport?> UseKeyAsync(ReadOnlyMemory<byte> key, byte relayFactor = 0) => Node.UseKeyAsync(key, relayFactor);

    public Task<KeyReport?> RemoveKeyAsync(ReadOnlyMemory<byte> key, byte relayFactor = 0) => Node.RemoveKeyAsync(key, relayFactor);

    public Task<KeyReport?> ListKeysAsync(byte relayFactor = 0) => Node.ListKeysAsync(relayFactor);

    public Task<NodeCoordinate?> CoordinateAsync(string? node = null) => Node.CoordinateAsync(node);

    public Task<IReadOnlyDictionary<string, string>> StatisticsAsync() => Node.StatisticsAsync();

    public ValueTask DisposeAsync() => _node?.DisposeAsync() ?? ValueTask.CompletedTask;
}
