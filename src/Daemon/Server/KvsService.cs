using System.Diagnostics;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Daemon.Server;

/// <summary>The key-value store. Thread safe.</summary>
internal sealed class KvsService(IServerContext server, BlockingQuery queries, CommandProposer commands) : IKvs
{
    public const string KeyMissing = "Must provide key";

    private const string ApplyPrefix = "raft apply failed: ";

    private readonly IMetricSeries _applied = server.Metrics.Series(MetricKind.Sample, "kvs.apply");

    public async ValueTask<RpcResult<bool>> ApplyAsync(KvsRequest request)
    {
        long start = Stopwatch.GetTimestamp();
        if (Check(request.Op, request.DirEnt) is { } fault) return RpcResult<bool>.Fail(fault);
        if (IsDelayed(server.Store, request.Op, request.DirEnt)) return RpcResult<bool>.Ok(false);
        ProposalResult result = await commands.ProposeAsync(request);
        _applied.RecordSince(start);
        return ProposalError.Of(result) is { } error
            ? RpcResult<bool>.Fail(ApplyPrefix + error)
            : RpcResult<bool>.Ok(result.Value is true);
    }

    public ValueTask<RpcResult<DirEntry?>> GetAsync(KeyRequest request) => queries.RunAsync(request, request, Get);

    public ValueTask<RpcResult<IReadOnlyList<DirEntry>>> ListAsync(KeyRequest request) => queries.RunAsync(
        request,
        request,
        static (ClusterState state, KeyRequest r, WatchSet? watches) =>
        {
            QueryResult<IReadOnlyList<DirEntry>> found = state.KvList(r.Key.Span, watches);
            return new QueryOutcome<IReadOnlyList<DirEntry>>(found.Index, Unset.IfEmpty(found.Value));
        });

    public ValueTask<RpcResult<IReadOnlyList<ReadOnlyMemory<byte>>>> ListKeysAsync(KeyListRequest request) => queries.RunAsync(
        request,
        request,
        static (ClusterState state, KeyListRequest r, WatchSet? watches) =>
        {
            List<ReadOnlyMemory<byte>> keys = KvKeys.Cut(state.KvWalk(r.Prefix.Span, watches), r.Prefix.Length, r.Separator.Span);
            return new QueryOutcome<IReadOnlyList<ReadOnlyMemory<byte>>>(
                state.KvPrefixIndex(r.Prefix.Span), Unset.IfEmpty<ReadOnlyMemory<byte>>(keys));
        });

    /// <summary>What is wrong with an operation before anything is looked up, or null.</summary>
    internal static string? Check(string op, DirEntry entry)
    {
        // Only a deletion may mean the whole tree.
        return op != KvsOp.DeleteTree && entry.Key.Length == 0 ? KeyMissing : null;
    }

    /// <summary>
    /// True when a lock may not be taken yet because its last holder's session ended just now. Only the leader looks at
    /// this, before it proposes: the delay is its own clock's matter and no part of the replicated state.
    /// </summary>
    internal static bool IsDelayed(StateStore store, string op, DirEntry entry) =>
        op == KvsOp.Lock && store.KvLockDelay(entry.Key) > TimeSpan.Zero;

    private static QueryOutcome<DirEntry?> Get(ClusterState state, KeyRequest request, WatchSet? watches)
    {
        DirEntry? entry = state.KvGet(request.Key.Span, watches);
        return entry is null
            ? new QueryOutcome<DirEntry?>(state.KvTableIndex, null, NotFound: true)
            : new QueryOutcome<DirEntry?>(entry.ModifyIndex, entry);
    }
}
