using System.Diagnostics;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Daemon.Server;

/// <summary>
/// Runs reads against the published state in the asked consistency mode, and again and again while they wait for a change.
/// A read that need not wait completes in place and allocates nothing of its own. Thread safe.
/// </summary>
internal sealed class BlockingQuery(IServerContext server, LeaderGate gate)
{
    /// <summary>A wait is lengthened by a random part of this share of it, so that waiters do not come back as one.</summary>
    private const int JitterFraction = 16;

    private readonly IMetricSeries _queries = server.Metrics.Series(MetricKind.Counter, "rpc.query");
    private readonly IMetricSeries _confirmations = server.Metrics.Series(MetricKind.Sample, "rpc.consistentRead");

    /// <summary>Answers a read.</summary>
    /// <param name="request">Mode, minimum index and time limit.</param>
    /// <param name="argument">Handed to <paramref name="run"/>, so that it can be static.</param>
    /// <param name="run">One evaluation. It gets a watch set when the read may have to wait.</param>
    public ValueTask<RpcResult<T>> RunAsync<TArgument, T>(
        QueryRequest request, TArgument argument, Func<ClusterState, TArgument, WatchSet?, QueryOutcome<T>> run)
    {
        _queries.Record(1);
        if (request.MinQueryIndex > 0 || request.RequireConsistent) return RunSlowAsync(request, argument, run);
        return new ValueTask<RpcResult<T>>(Result(run(server.Store.Current, argument, null)));
    }

    private async ValueTask<RpcResult<T>> RunSlowAsync<TArgument, T>(
        QueryRequest request, TArgument argument, Func<ClusterState, TArgument, WatchSet?, QueryOutcome<T>> run)
    {
        WatchSet? watches = request.MinQueryIndex > 0 ? new WatchSet() : null;
        ulong minimum = request.MinQueryIndex;
        TimeSpan limit = WaitLimit(request);
        long start = server.Time.GetTimestamp();
        bool wasNotFound = false;
        while (true)
        {
            if (request.RequireConsistent && await ConfirmAsync(request) is { } unconfirmed) return RpcResult<T>.Fail(unconfirmed);
            watches?.Clear();
            ClusterState state = server.Store.Current;
            QueryOutcome<T> outcome = run(state, argument, watches);
            if (watches is null || outcome.Error is not null) return Result(outcome);
            // A table-wide index moves with every write; while the object stays missing that is no news.
            if (outcome.NotFound && wasNotFound) minimum = Math.Max(minimum, outcome.Index);
            wasNotFound = outcome.NotFound;
            if (Math.Max(outcome.Index, 1) > minimum) return Result(outcome);
            TimeSpan left = limit - server.Time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero) return Result(outcome);
            WakeReason reason = await server.Store.Watches.WaitAsync(watches, state.Version, left, request.Cancellation);
            // A restored snapshot replaced everything: answer from the new state once it is settled, whatever its index is.
            if (reason == WakeReason.Abandoned)
            {
                request.AllowNotModified = false;
                if (!request.AllowStale && await gate.AwaitSettledAsync(request.Cancellation) is { } unsettled)
                    return RpcResult<T>.Fail(unsettled);
                return Result(run(server.Store.Current, argument, null));
            }

            if (reason != WakeReason.Changed) return Result(outcome);
        }
    }

    private ValueTask<string?> ConfirmAsync(QueryRequest request) =>
        gate.ConfirmAsync(request.Cancellation).MeasuredAsync(_confirmations, Stopwatch.GetTimestamp());

    private RpcResult<T> Result<T>(in QueryOutcome<T> outcome) => outcome.Error is { } error
        ? RpcResult<T>.Fail(error, gate.Meta(outcome.Index))
        : RpcResult<T>.Ok(outcome.Value, gate.Meta(outcome.Index) with { NotModified = outcome.NotModified });

    private TimeSpan WaitLimit(QueryRequest request)
    {
        TimeSpan limit = request.MaxQueryTime > TimeSpan.Zero ? request.MaxQueryTime : server.Options.DefaultQueryTime;
        if (limit > server.Options.MaxQueryTime) limit = server.Options.MaxQueryTime;
        return limit + (limit / JitterFraction * Random.Shared.NextDouble());
    }
}

/// <summary>What one evaluation of a read gave.</summary>
/// <param name="Index">As computed by the index rules; 0 is reported as 1.</param>
/// <param name="Value">The answer.</param>
/// <param name="NotFound">The asked object is missing: changes elsewhere in its table shall not end the wait.</param>
/// <param name="Error">Why there is no answer, or null.</param>
/// <param name="NotModified">The caller has the answer already and allowed to leave it out.</param>
internal readonly record struct QueryOutcome<T>(
    ulong Index, T Value, bool NotFound = false, string? Error = null, bool NotModified = false)
{
    public static implicit operator QueryOutcome<T>(QueryResult<T> result) => new(result.Index, result.Value);

    public static QueryOutcome<T> Fail(string error) => new(0, default!, Error: error);
}
