using System.Diagnostics;
using System.Text;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server;

/// <summary>
/// Transactions. Faults of single operations come in the response, and those found before the log hide those that would
/// be found in it. Thread safe.
/// </summary>
internal sealed class TxnService(IServerContext server, BlockingQuery queries, CommandProposer commands) : ITxn
{
    private const string ApplyPrefix = "raft apply failed: ";

    private readonly IMetricSeries _applied = server.Metrics.Series(MetricKind.Sample, "txn.apply");
    private readonly IMetricSeries _read = server.Metrics.Series(MetricKind.Sample, "txn.read");

    public async ValueTask<RpcResult<TxnResponse>> ApplyAsync(TxnRequest request)
    {
        long start = Stopwatch.GetTimestamp();
        if (Prepare(request.Ops, out IReadOnlyList<TxnOp> ops) is { } faults) return RpcResult<TxnResponse>.Ok(faults);
        ProposalResult result = await commands.ProposeAsync(request with { Ops = ops });
        _applied.RecordSince(start);
        if (ProposalError.Of(result) is { } error) return RpcResult<TxnResponse>.Fail(ApplyPrefix + error);
        return result.Value is TxnResponse response
            ? RpcResult<TxnResponse>.Ok(response)
            : throw new InvalidOperationException($"a transaction was applied with the result {result.Value ?? "null"}");
    }

    public ValueTask<RpcResult<TxnResponse>> ReadAsync(TxnReadRequest request)
    {
        long start = Stopwatch.GetTimestamp();
        request.MinQueryIndex = 0;
        TxnResponse? faults = Prepare(request.Ops, out IReadOnlyList<TxnOp> ops) ?? ReadOnlyFaults(request.Ops);
        return queries.RunAsync(
            request,
            (Ops: ops, Faults: faults),
            static (state, a, _) => new QueryOutcome<TxnResponse>(1, a.Faults ?? state.ReadTxn(a.Ops)))
            .MeasuredAsync(_read, start);
    }

    /// <summary>The faults of operations that would write; null when all only read.</summary>
    private static TxnResponse? ReadOnlyFaults(IReadOnlyList<TxnOp> ops)
    {
        List<TxnError>? errors = null;
        for (int i = 0; i < ops.Count; i++)
        {
            string verb = ops[i].Kv?.Verb ?? ops[i].Node?.Verb ?? ops[i].Service?.Verb ?? ops[i].Check?.Verb ?? ops[i].Session?.Verb ?? "";
            bool deletes = verb.StartsWith("delete", StringComparison.Ordinal);
            bool inserts = verb is KvsOp.Set or KvsOp.Cas or KvsOp.Lock or KvsOp.Unlock;
            if (!deletes && !inserts) continue;
            string fault = deletes ? "cannot delete in read-only transaction" : "cannot insert in read-only transaction";
            (errors ??= []).Add(new TxnError(i, inserts ? Inserting(ops[i]) + fault : fault));
        }

        return errors is null ? null : new TxnResponse(null, errors);
    }

    private static string Inserting(TxnOp op) => op switch
    {
        { Kv: not null } => "failed inserting kvs entry: ",
        { Node: not null } => "failed inserting node: ",
        { Service: not null } => "failed inserting service: ",
        { Check: not null } => "failed inserting check: ",
        _ => "",
    };

    /// <summary>Brings operations into the form that goes into the log.</summary>
    /// <returns>The faults of all operations that show before anything is run, or null.</returns>
    private TxnResponse? Prepare(IReadOnlyList<TxnOp> ops, out IReadOnlyList<TxnOp> prepared)
    {
        List<TxnError>? errors = null;
        var all = new TxnOp[ops.Count];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = ops[i];
            if (Prepare(ref all[i]) is { } error) (errors ??= []).Add(new TxnError(i, error));
        }

        prepared = all;
        return errors is null ? null : new TxnResponse(null, errors);
    }

    /// <summary>Checks and completes an operation before it is proposed; reads of the catalog are taken as they are.</summary>
    private string? Prepare(ref TxnOp op)
    {
        if (op.Kv is { } kv) return Check(kv);
        if (op.Node is { Verb: not KvsOp.Get } node) return RegistrationRules.CheckNode(node.Node.Name, node.Node.Id);
        if (op.Service is { Verb: not KvsOp.Get } service)
        {
            NodeService completed = service.Service;
            if (RegistrationRules.Prepare(ref completed) is { } fault) return fault;
            op = op with { Service = service with { Service = completed } };
        }

        // The type of a check is derived from its definition only by a registration, not here.
        if (op.Check is { Verb: not KvsOp.Get, Check: { CheckId.Length: 0 } unnamed } check)
            op = op with { Check = check with { Check = unnamed with { CheckId = unnamed.Name } } };
        return null;
    }

    private string? Check(TxnKvOp kv)
    {
        if (KvsService.Check(kv.Verb, kv.DirEnt) is { } fault) return fault;
        if (!KvsService.IsDelayed(server.Store, kv.Verb, kv.DirEnt)) return null;
        return $"failed to lock key {GoDuration.Quote(Encoding.UTF8.GetString(kv.DirEnt.Key))} due to lock delay";
    }
}
