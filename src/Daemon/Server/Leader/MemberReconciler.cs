using System.Diagnostics;
using System.Globalization;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Leader;

/// <summary>
/// Keeps the catalog in step with the LAN pool: alive members are registered with a passing <c>serfHealth</c> check,
/// failed ones turn critical, those that left or are unknown to the pool are deregistered. Servers are added to Raft first and
/// removed from it first. Used by the leader loop alone.
/// </summary>
/// <param name="raft">Keeps the servers of Raft in step as well; null for a server that stays alone.</param>
/// <param name="servers">Tells whether the identity of a server that has gone lives on under another name.</param>
internal sealed class MemberReconciler(
    IMembership membership,
    StateStore store,
    CommandProposer commands,
    string datacenter,
    ILogger logger,
    IMetrics? metrics = null,
    IServerMembership? raft = null,
    ServerLookup? servers = null)
{
    public const string SerfCheckId = "serfHealth";
    private const string SerfCheckName = "Serf Health Status";
    private const string AliveOutput = "Agent alive and reachable";
    private const string FailedOutput = "Agent not live or unreachable";

    private readonly IMetrics _metrics = metrics ?? NoMetrics.Instance;

    /// <summary>Goes through all members, and through the nodes of the catalog that the pool no longer knows.</summary>
    /// <param name="leadership">Ends it in between.</param>
    public async Task ReconcileAsync(CancellationToken leadership = default)
    {
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (Member member in membership.Members)
        {
            known.Add(member.Name);
            await ReconcileAsync(member, isReap: false, leadership);
        }

        ClusterState state = store.Current;
        foreach (HealthCheck check in state.ChecksInState(CheckStatus.Any, null).Value)
        {
            leadership.ThrowIfCancellationRequested();
            // Servers that only Raft still knows are the autopilot's.
            if (check.CheckId == SerfCheckId && !known.Contains(check.Node)) await DeregisterAsync(check.Node, null, "reaped");
        }
    }

    /// <summary>Brings the catalog in step with one member.</summary>
    /// <param name="isReap">The pool has forgotten the member.</param>
    /// <param name="leadership">Ends it before it begins.</param>
    public async ValueTask ReconcileAsync(Member member, bool isReap, CancellationToken leadership = default)
    {
        leadership.ThrowIfCancellationRequested();
        ServerTags? server = ServerTags.TryRead(member, out ServerTags tags) ? tags : null;
        if (!ShouldHandle(member, server)) return;
        long start = Stopwatch.GetTimestamp();
        if (isReap) await DeregisterAsync(member.Name, server, "reaped");
        else if (member.Status == MemberStatus.Alive) await AddAsync(member, server);
        else if (member.Status == MemberStatus.Failed) await RegisterFailedAsync(member);
        else if (member.Status == MemberStatus.Left) await DeregisterAsync(member.Name, server, "left");
        _metrics.MeasureSince("leader.reconcileMember", start);
    }

    private async ValueTask AddAsync(Member member, ServerTags? server)
    {
        if (server is not null && raft is not null && await raft.AddAsync(member, server) is { } error)
            ServerLog.ReconcileFailed(logger, member.Name, error);
        else await RegisterAliveAsync(member, server);
    }

    private bool ShouldHandle(Member member, ServerTags? server) => member.Tag("dc") == datacenter &&
        (member.Tag("role") == "node" || server is { Segment: "" });

    private async ValueTask RegisterAliveAsync(Member member, ServerTags? server)
    {
        ClusterState state = store.Current;
        NodeService? service = server is null ? null : ServerService(member, server);
        Node? node = state.FindNode(member.Name);
        if (node is not null && node.Address == member.Address.ToString() && HasStatus(state, member.Name, CheckStatus.Passing) &&
            (service is null || HasService(state, member.Name, service)))
        {
            return;
        }

        ServerLog.MemberJoined(logger, member.Name);
        string address = member.Address.ToString();
        string id = member.Tag("id");
        await ProposeAsync(member.Name, new RegisterRequest
        {
            Datacenter = datacenter,
            Node = member.Name,
            Id = id,
            Address = address,
            // The agent may register itself meanwhile: what it says of its node must not be overwritten with what was known before.
            SkipNodeUpdate = node is null || (node.Address == address && node.Id == id),
            TaggedAddresses = node?.TaggedAddresses,
            NodeMeta = node?.Meta,
            Service = service,
            Check = SerfCheck(member.Name, CheckStatus.Passing, AliveOutput),
        });
    }

    private async ValueTask RegisterFailedAsync(Member member)
    {
        ClusterState state = store.Current;
        Node? node = state.FindNode(member.Name);
        if (node is null)
        {
            ServerLog.FailureIgnored(logger, member.Name);
            return;
        }

        if (node.Address == member.Address.ToString() && HasStatus(state, member.Name, CheckStatus.Critical)) return;
        ServerLog.MemberFailed(logger, member.Name);
        await ProposeAsync(member.Name, new RegisterRequest
        {
            Datacenter = datacenter,
            Node = member.Name,
            Id = member.Tag("id"),
            Address = member.Address.ToString(),
            SkipNodeUpdate = true,
            Check = SerfCheck(member.Name, CheckStatus.Critical, FailedOutput),
        });
    }

    private async ValueTask DeregisterAsync(string node, ServerTags? server, string reason)
    {
        if (node == membership.Local.Name)
        {
            // It is the leader that leaves; the next one does it.
            ServerLog.SelfNotDeregistered(logger, node);
            return;
        }

        if (server is not null && raft is not null && !LivesOn(server) && await raft.RemoveAsync(node, server) is { } error)
        {
            ServerLog.ReconcileFailed(logger, node, error);
            return;
        }

        if (store.Current.FindNode(node) is null) return;
        ServerLog.MemberDeregistered(logger, node, reason);
        ProposalResult result = await commands.ProposeAsync(new DeregisterRequest { Datacenter = datacenter, Node = node });
        ReportFailure(node, result);
    }

    /// <summary>The server was given another name: Raft, which knows its id alone, must keep it.</summary>
    private bool LivesOn(ServerTags server) => servers?.ById(server.Id) is { } known && known.Name != server.Name;

    private async ValueTask ProposeAsync(string member, RegisterRequest request) =>
        ReportFailure(member, await commands.ProposeAsync(request));

    private void ReportFailure(string member, ProposalResult result)
    {
        string? error = result.Error ?? (result.Value as ApplyError)?.Message;
        if (error is not null) ServerLog.ReconcileFailed(logger, member, error);
    }

    private static bool HasStatus(ClusterState state, string node, string status) =>
        state.NodeCheck(node, SerfCheckId) is { } check && check.Status == status;

    private static bool HasService(ClusterState state, string node, NodeService service) =>
        state.NodeService(node, service.Id) is { } stored && SortedMap<string>.Same(stored.Meta, service.Meta);

    private static NodeService ServerService(Member member, ServerTags server) => new()
    {
        Id = "consul",
        Service = "consul",
        Port = server.Address.Port,
        Weights = ServiceWeights.Default,
        Meta = SortedMap<string>.Create(
        [
            new("non_voter", Flag(member, "nonvoter")),
            new("read_replica", Flag(member, "read_replica")),
            new("raft_version", server.RaftVersion.ToString(CultureInfo.InvariantCulture)),
            new("serf_protocol_current", member.Protocol.Current.ToString(CultureInfo.InvariantCulture)),
            new("serf_protocol_min", member.Protocol.Min.ToString(CultureInfo.InvariantCulture)),
            new("serf_protocol_max", member.Protocol.Max.ToString(CultureInfo.InvariantCulture)),
            new("version", server.Build),
        ]),
    };

    private static string Flag(Member member, string tag) => member.Tag(tag) == "1" ? "true" : "false";

    private static HealthCheck SerfCheck(string node, string status, string output) => new()
    {
        Node = node,
        CheckId = SerfCheckId,
        Name = SerfCheckName,
        Status = status,
        Output = output,
    };
}
