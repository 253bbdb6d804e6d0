using System.Net;
using System.Threading.Channels;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Daemon.Tests.Agent.Pools;

/// <summary>A pool that remembers what it was asked and answers what a test puts in.</summary>
internal sealed class FakePool : IGossipPool
{
    private static readonly Member Self = new("n1", IPAddress.Loopback, 8301, [], MemberStatus.Alive);

    /// <summary>Fired events as <c>name: payload</c>, key operations as <c>install 00ff relay 3</c>, in order.</summary>
    public List<string> Asked { get; } = [];

    public List<byte[]> Payloads { get; } = [];

    /// <summary>Why events are not fired.</summary>
    public string? Refusal { get; set; }

    /// <summary>The outcome of every key operation.</summary>
    public KeyReport? Report { get; set; } = Of(1, 1, 0);

    /// <summary>All calls wait for it.</summary>
    public Task Turn { get; set; } = Task.CompletedTask;

    public Member Local => Self;

    public IReadOnlyList<Member> Members { get; set; } = [Self];

    public ChannelReader<PoolEvent> Events => throw new NotSupportedException();

    public Keyring? Keyring => null;

    public static KeyReport Of(int nodes, int answers, int errors, params (string Member, string Text)[] messages) => new(
        nodes,
        answers,
        errors,
        messages.ToDictionary(static m => m.Member, static m => m.Text),
        errors > 0 ? new Dictionary<string, int>() : new Dictionary<string, int> { ["a2V5"] = answers },
        new Dictionary<string, int> { [errors > 0 ? "" : "a2V5"] = answers });

    public async Task<string?> FireEventAsync(string name, ReadOnlyMemory<byte> payload, bool canCoalesce)
    {
        Asked.Add(canCoalesce ? $"{name} coalesced" : name);
        Payloads.Add(payload.ToArray());
        await Turn;
        return Refusal;
    }

    public Task<KeyReport?> InstallKeyAsync(ReadOnlyMemory<byte> key, byte relayFactor = 0) => OperateAsync("install", key, relayFactor);

    public Task<KeyReport?> UseKeyAsync(ReadOnlyMemory<byte> key, byte relayFactor = 0) => OperateAsync("use", key, relayFactor);

    public Task<KeyReport?> RemoveKeyAsync(ReadOnlyMemory<byte> key, byte relayFactor = 0) => OperateAsync("remove", key, relayFactor);

    public Task<KeyReport?> ListKeysAsync(byte relayFactor = 0) => OperateAsync("list", default, relayFactor);

    public Task<JoinReport> JoinAsync(IReadOnlyList<JoinAddress> addresses, bool ignoreOld = true) => throw new NotSupportedException();

    public Task<bool> LeaveAsync() => throw new NotSupportedException();

    public Task<bool> ForceLeaveAsync(string node, bool prune) => throw new NotSupportedException();

    public Task<bool> UpdateTagsAsync(IReadOnlyCollection<KeyValuePair<string, string>> tags) => throw new NotSupportedException();

    public Task<PoolQuery?> QueryAsync(PoolQueryRequest request) => throw new NotSupportedException();

    public Task<NodeCoordinate?> CoordinateAsync(string? node = null) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, string>> StatisticsAsync() => throw new NotSupportedException();

    private async Task<KeyReport?> OperateAsync(string operation, ReadOnlyMemory<byte> key, byte relayFactor)
    {
        lock (Asked) Asked.Add($"{operation} {Convert.ToHexString(key.Span)} relay {relayFactor}");
        await Turn;
        return Report;
    }
}
