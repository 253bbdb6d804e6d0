using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Core.Serf;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Transport;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Security;
using Consul.Fast.Net.Datagrams;
using Consul.Fast.Net.Transport;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Gossip.Node;

/// <summary>
/// A member of a gossip pool: sockets, the loop that owns the core, and the snapshot. Thread safe. Disposing stops it without
/// a farewell, so that others detect a failure, unless <see cref="LeaveAsync"/> came before; commands that still wait are
/// cancelled.
/// </summary>
public sealed class GossipNode : IGossipPool, IAsyncDisposable
{
    private const int BindAttempts = 16;
    private readonly NodeLoop _loop;
    private readonly TcpAcceptor _acceptor;
    private readonly GossipNodeOptions _options;
    private readonly ILogger _logger;
    private MemberList _list = new(ImmutableDictionary<string, Member>.Empty, []);
    private int _disposed;

    private GossipNode(GossipNodeOptions options, NodeLoop loop, TcpAcceptor acceptor, IPEndPoint advertised, ILogger logger)
    {
        _options = options;
        _loop = loop;
        _acceptor = acceptor;
        _logger = logger;
        Advertised = advertised;
    }

    /// <summary>Where others reach this node.</summary>
    public IPEndPoint Advertised { get; }

    public IPEndPoint Bound => _acceptor.LocalEndPoint;

    public Member Local => _loop.Members[_options.Name];

    public IReadOnlyList<Member> Members
    {
        get
        {
            ImmutableDictionary<string, Member> members = _loop.Members;
            MemberList list = Volatile.Read(ref _list);
            if (list.Source == members) return list.Items;
            list = new MemberList(members, [.. members.Values.OrderBy(static member => member.Name, StringComparer.Ordinal)]);
            Volatile.Write(ref _list, list);
            return list.Items;
        }
    }

    public ChannelReader<PoolEvent> Events => _loop.Events;

    /// <summary>Binds the sockets and starts; with a snapshot it also tries to return to the pool of the last run.</summary>
    /// <exception cref="IOException">The address cannot be bound, or the snapshot cannot be used.</exception>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public static async Task<GossipNode> StartAsync(GossipNodeOptions options, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Swim.Validate();
        options.Serf.Validate();
        if (!TagCodec.TryEncode(options.Tags, out byte[] meta)) throw new ArgumentException("tags are longer than 512 bytes when encoded");
        NodeLoop? loop = null;
        var server = new StreamServer(connection => loop?.ServeStreamAsync(connection) ?? Task.CompletedTask);
        (TcpAcceptor acceptor, IDatagramEndpoint endpoint) = Bind(options, server, logger);
        Snapshot? snapshot = null;
        try
        {
            IPEndPoint advertised = AdvertisedOf(options, acceptor.LocalEndPoint);
            if (options.SnapshotPath is { } path) snapshot = Snapshot.Open(path, options.RejoinAfterLeave, logger);
            ProtocolVersions events = options.EventVersions;
            CoreSettings settings = new(
                options.Swim, options.Serf, Encoding.UTF8.GetBytes(options.Name), AddressForms.From(advertised), meta,
                VersionVector.Consul with { DMin = events.Min, DMax = events.Max, DCur = events.Current },
                (ushort)acceptor.LocalEndPoint.Port, (ulong)Random.Shared.NextInt64(), snapshot?.Clocks ?? default);
            loop = new NodeLoop(options, settings, endpoint, snapshot, logger);
            Log.Started(logger, options.Name, acceptor.LocalEndPoint, advertised);
            var node = new GossipNode(options, loop, acceptor, advertised, logger);
            await loop.StartAsync();
            if (snapshot is { Previous.Count: > 0 }) _ = node.RejoinAsync(snapshot.Previous);
            return node;
        }
        catch
        {
            await acceptor.DisposeAsync();
            endpoint.Dispose();
            snapshot?.Dispose();
            throw;
        }
    }

    public Keyring? Keyring => _options.Keyring;

    public async Task<JoinReport> JoinAsync(IReadOnlyList<JoinAddress> addresses, bool ignoreOld = true)
    {
        JoinTarget[] targets = [.. addresses.Select(static address => new JoinTarget(
            AddressForms.From(address.Address), address.Node is { } node ? Encoding.UTF8.GetBytes(node) : default))];
        (Completion done, IReadOnlyList<JoinFailure> failures) = await _loop.JoinAsync(targets, ignoreOld);
        return new JoinReport(done.Count, failures);
    }

    public async Task<bool> LeaveAsync()
    {
        if (_loop.Snapshot is { } snapshot) await Task.Run(snapshot.Leave);
        Completion done = await _loop.RunAsync(token => _loop.Core.TryLeave(_loop.Now, token));
        return done.Succeeded;
    }

    public async Task<bool> ForceLeaveAsync(string node, bool prune)
    {
        Completion done = await _loop.RunAsync(token =>
        {
            _loop.Core.ForceLeave(_loop.Now, Encoding.UTF8.GetBytes(node), prune, token);
            return true;
        });
        return done.Succeeded;
    }

    public async Task<bool> UpdateTagsAsync(IReadOnlyCollection<KeyValuePair<string, string>> tags)
    {
        if (!TagCodec.TryEncode(tags, out byte[] meta)) return false;
        Completion done = await _loop.RunAsync(token => _loop.Core.TryUpdateMeta(_loop.Now, meta, token));
        return done.Succeeded;
    }

    public Task<string?> FireEventAsync(string name, ReadOnlyMemory<byte> payload, bool canCoalesce) => _loop.OnLoop(() =>
        _loop.Core.FireEvent(_loop.Now, Encoding.UTF8.GetBytes(name), payload, canCoalesce, out _) switch
        {
            FireResult.Fired => null,
            FireResult.TooLarge => $"user event exceeds configured limit of {_options.Serf.UserEventBytesMax} bytes before encoding",
            _ => $"encoded user event exceeds configured limit of {_options.Serf.UserEventBytesMax} bytes after encoding",
        });

    public Task<PoolQuery?> QueryAsync(PoolQueryRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        List<ReadOnlyMemory<byte>> filters = [];
        if (request.Nodes.Count > 0)
        {
            ReadOnlyMemory<byte>[] names = [.. request.Nodes.Select(static name => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(name))];
            ArrayBufferWriter<byte> output = new();
            GossipCodec.Instance.EncodeFilter(names, output);
            filters.Add(output.WrittenMemory);
        }

        foreach ((string tag, string expression) in request.Tags)
        {
            ArrayBufferWriter<byte> output = new();
            GossipCodec.Instance.EncodeFilter(Encoding.UTF8.GetBytes(tag), Encoding.UTF8.GetBytes(expression), output);
            filters.Add(output.WrittenMemory);
        }

        return _loop.QueryAsync(new QueryRequest(
            Encoding.UTF8.GetBytes(request.Name), request.Payload, filters.ToArray(), request.WantsAck, request.RelayFactor,
            request.Timeout));
    }

    public Task<KeyReport?> InstallKeyAsync(ReadOnlyMemory<byte> key, byte relayFactor = 0) =>
        KeysAsync(KeyOperation.Install, key, relayFactor);

    public Task<KeyReport?> UseKeyAsync(ReadOnlyMemory<byte> key, byte relayFactor = 0) =>
        KeysAsync(KeyOperation.Use, key, relayFactor);

    public Task<KeyReport?> RemoveKeyAsync(ReadOnlyMemory<byte> key, byte relayFactor = 0) =>
        KeysAsync(KeyOperation.Remove, key, relayFactor);

    public Task<KeyReport?> ListKeysAsync(byte relayFactor = 0) => KeysAsync(KeyOperation.List, default, relayFactor);

    public Task<NodeCoordinate?> CoordinateAsync(string? node = null) => _loop.OnLoop(() =>
    {
        if (node is null || node == _options.Name) return From(_loop.Core.OwnCoordinate);
        int slot = _loop.Core.FindMember(Encoding.UTF8.GetBytes(node));
        return slot >= 0 && _loop.Core.TryGetCoordinate(slot, out Coordinate coordinate) ? From(coordinate) : null;
    });

    public Task<IReadOnlyDictionary<string, string>> StatisticsAsync() => _loop.OnLoop<IReadOnlyDictionary<string, string>>(() =>
    {
        GossipCore core = _loop.Core;
        (_, int intents, int queries, int events) = core.QueueLengths;
        LamportTimes clocks = core.Clocks;
        static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
        return new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["coordinate_resets"] = Text((ulong)core.CoordinateResets),
            ["encrypted"] = _options.Keyring is { IsEmpty: false } ? "true" : "false",
            ["event_queue"] = Text((ulong)events),
            ["event_time"] = Text(clocks.Event + 1),
            ["failed"] = Text((ulong)core.FailedCount),
            ["health_score"] = Text((ulong)core.HealthScore),
            ["intent_queue"] = Text((ulong)intents),
            ["left"] = Text((ulong)core.LeftCount),
            ["member_time"] = Text(clocks.Member + 1),
            ["members"] = Text((ulong)core.MemberCount),
            ["query_queue"] = Text((ulong)queries),
            ["query_time"] = Text(clocks.Query + 1),
        };
    });

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _acceptor.Stop();
        await _loop.DisposeAsync();
        await _acceptor.DisposeAsync();
    }

    /// <summary>Packets that came in; for tests.</summary>
    internal (long Received, long Dropped, long Unsent) PacketCounts => _loop.PacketCounts;

    /// <summary>Packets that went out; for tests.</summary>
    internal long PacketsSent => _loop.PacketsSent;

    private static NodeCoordinate From(in Coordinate coordinate)
    {
        ReadOnlySpan<double> vector = coordinate.Vec;
        return new NodeCoordinate(vector.ToArray(), coordinate.Error, coordinate.Adjustment, coordinate.Height);
    }

    private async Task<KeyReport?> KeysAsync(KeyOperation operation, ReadOnlyMemory<byte> key, byte relayFactor)
    {
        KeyCollection? found = await _loop.QueryKeysAsync(operation, key, relayFactor);
        return found is null
            ? null
            : new KeyReport(found.Nodes, found.Answers, found.Errors, found.Messages, found.Keys, found.PrimaryKeys);
    }

    private static (TcpAcceptor Acceptor, IDatagramEndpoint Endpoint) Bind(GossipNodeOptions options, StreamServer server, ILogger logger)
    {
        // A port that is free for streams may be taken for datagrams; where the system chooses, it chooses again.
        for (int attempt = 1; ; attempt++)
        {
            TcpAcceptor acceptor = TcpAcceptor.Listen(options.Bind, server, new ConnectionLimiter(options.StreamsPerSource), logger);
            try
            {
                return (acceptor, DatagramEndpoint.Bind(new DatagramOptions { LocalEndPoint = acceptor.LocalEndPoint }, logger));
            }
            catch (SocketException exception)
            {
                _ = acceptor.DisposeAsync().AsTask();
                if (options.Bind.Port == 0 && attempt < BindAttempts) continue;
                throw new IOException($"listen udp {options.Bind}: bind: {exception.Message}", exception);
            }
        }
    }

    private static IPEndPoint AdvertisedOf(GossipNodeOptions options, IPEndPoint bound)
    {
        IPEndPoint advertised = options.Advertise ?? bound;
        if (advertised.Address.Equals(IPAddress.Any) || advertised.Address.Equals(IPAddress.IPv6Any))
        {
            throw new ArgumentException("an address to advertise is needed when all interfaces are listened on");
        }

        return advertised.Port == 0 ? new IPEndPoint(advertised.Address, bound.Port) : advertised;
    }

    private async Task RejoinAsync(IReadOnlyList<KeyValuePair<string, IPEndPoint>> previous)
    {
        KeyValuePair<string, IPEndPoint>[] order = [.. previous.Where(node => node.Key != _options.Name)];
        Random.Shared.Shuffle(order);
        try
        {
            foreach ((string name, IPEndPoint address) in order)
            {
                Log.Rejoining(_logger, name, address);
                if ((await JoinAsync([new JoinAddress(address, name)], ignoreOld: false)).Joined > 0) return;
            }

            if (order.Length > 0) Log.RejoinFailed(_logger);
        }
        catch (OperationCanceledException)
        {
            // The node was stopped meanwhile.
        }
    }

    private sealed record MemberList(ImmutableDictionary<string, Member> Source, IReadOnlyList<Member> Items);
}
