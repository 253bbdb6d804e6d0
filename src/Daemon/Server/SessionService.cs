using System.Diagnostics;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Daemon.Server;

/// <summary>Sessions: what the leader decides before the log, and their time limits. Thread safe.</summary>
internal sealed class SessionService(
    IServerContext server, BlockingQuery queries, CommandProposer commands, ISessionTimers timers) : ISessions
{
    public const string BehaviorRelease = "release";
    public const string BehaviorDelete = "delete";

    private const string ApplyPrefix = "apply failed: ";
    private const string LookupPrefix = "failed session lookup: index error: ";

    private static readonly TimeSpan TtlMax = TimeSpan.FromHours(24);

    private readonly IMetricSeries _applied = server.Metrics.Series(MetricKind.Sample, "session.apply");
    private readonly IMetricSeries _renewed = server.Metrics.Series(MetricKind.Sample, "session.renew");

    public async ValueTask<RpcResult<string>> ApplyAsync(SessionRequest request)
    {
        long start = Stopwatch.GetTimestamp();
        if (Check(request) is { } fault) return RpcResult<string>.Fail(fault);
        bool create = request.Op == SessionRequest.Create;
        if (create) request = request with { Session = Complete(request.Session) };
        ProposalResult result = await commands.ProposeAsync(request);
        _applied.RecordSince(start);
        if (ProposalError.Of(result) is { } error) return RpcResult<string>.Fail(ApplyPrefix + error);
        if (!create)
        {
            timers.Clear(request.Session.Id);
            return RpcResult<string>.Ok("");
        }

        timers.Reset(request.Session);
        return RpcResult<string>.Ok(request.Session.Id);
    }

    public ValueTask<RpcResult<Session?>> GetAsync(SessionSpecificRequest request) => queries.RunAsync(request, request, Get);

    public ValueTask<RpcResult<IReadOnlyList<Session>>> ListAsync(SessionSpecificRequest request) => queries.RunAsync(
        request,
        0,
        static (ClusterState state, int _, WatchSet? watches) => Found(state.Sessions(watches)));

    public ValueTask<RpcResult<IReadOnlyList<Session>>> NodeSessionsAsync(NodeSpecificRequest request) => queries.RunAsync(
        request,
        request.Node,
        static (ClusterState state, string node, WatchSet? watches) =>
            Found(state.NodeSessions(node, watches)));

    public ValueTask<RpcResult<Session?>> RenewAsync(SessionSpecificRequest request) => new(Renew(request));

    private RpcResult<Session?> Renew(SessionSpecificRequest request)
    {
        long start = Stopwatch.GetTimestamp();
        QueryOutcome<Session?> found = Get(server.Store.Current, request, null);
        if (found.Error is not null) return RpcResult<Session?>.Fail(found.Error);
        if (found.Value is not null) timers.Reset(found.Value);
        _renewed.RecordSince(start);
        // As in Consul, this one tells nothing of the leader: it is answered by the leader alone.
        return RpcResult<Session?>.Ok(found.Value, new QueryMeta(found.Index, TimeSpan.Zero, knownLeader: false));
    }

    private static QueryOutcome<IReadOnlyList<Session>> Found(QueryResult<IReadOnlyList<Session>> found) =>
        new(found.Index, Unset.IfEmpty(found.Value));

    private static QueryOutcome<Session?> Get(ClusterState state, SessionSpecificRequest request, WatchSet? watches)
    {
        if (UuidText.Check(request.SessionId) is { } fault) return QueryOutcome<Session?>.Fail(LookupPrefix + fault);
        QueryResult<Session?> found = state.Session(request.SessionId, watches);
        return new QueryOutcome<Session?>(found.Index, found.Value, NotFound: found.Value is null);
    }

    private string? Check(SessionRequest request)
    {
        Session session = request.Session;
        if (request.Op == SessionRequest.Destroy)
        {
            if (session.Id.Length == 0) return "Must provide ID";
            return UuidText.Check(session.Id) is { } fault ? ApplyPrefix + LookupPrefix + fault : null;
        }

        if (request.Op != SessionRequest.Create) return null;
        if (session.Node.Length == 0) return "Must provide Node";
        if (session.Behavior is not ("" or BehaviorRelease or BehaviorDelete)) return $"Invalid Behavior setting '{session.Behavior}'";
        return CheckTtl(session.Ttl);
    }

    private string? CheckTtl(string text)
    {
        if (text.Length == 0) return null;
        if (!GoDuration.TryParse(text, out long ttl, out string error)) return $"Session TTL '{text}' invalid: {error}";
        TimeSpan minimum = server.Options.SessionTtlMin;
        if (ttl == 0 || (ttl >= GoDuration.ToNanoseconds(minimum) && ttl <= GoDuration.ToNanoseconds(TtlMax))) return null;
        return $"Invalid Session TTL '{ttl}', must be between [{GoDuration.Format(minimum)}={GoDuration.Format(TtlMax)}]";
    }

    /// <summary>Chooses what must not differ between replicas: behaviour and an id that is not in use.</summary>
    private Session Complete(Session session)
    {
        ClusterState state = server.Store.Current;
        string id = Guid.NewGuid().ToString();
        while (state.Session(id, null).Value is not null) id = Guid.NewGuid().ToString();
        return session with { Id = id, Behavior = session.Behavior.Length == 0 ? BehaviorRelease : session.Behavior };
    }
}
