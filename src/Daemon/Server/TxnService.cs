using System.Text;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Daemon.Server;

/// <summary>
/// Transactions. Faults of single operations come in the response, and those found before the log hide those that would
/// be found in it. Thread safe.
/// </summary>
internal sealed class TxnService(IServerContext server, LeaderGate gate, BlockingQuery queries, CommandProposer commands) : ITxn
{
    private const string ApplyPrefix = "raft apply failed: ";

    public async ValueTask<RpcResult<TxnResponse>> ApplyAsync(TxnRequest request)
    {
        if ((gate.CheckDatacenter(request.Datacenter) ?? await gate.AwaitLeaderAsync()) is { } refused)
            return RpcResult<TxnResponse>.Fail(refused);
        if (Check(request.Ops) is { } faults) return RpcResult<TxnResponse>.Ok(faults);
        ProposalResult result = await commands.ProposeAsync(request);
        if (ProposalError.Of(result) is { } error) return RpcResult<TxnResponse>.Fail(ApplyPrefix + error);
        return result.Value is TxnResponse response
            ? RpcResult<TxnResponse>.Ok(response)
            : throw new InvalidOperationException($"a transaction was applied with the result {result.Value ?? "null"}");
    }

    public ValueTask<RpcResult<TxnResponse>> ReadAsync(TxnRequest request, DcSpecificRequest options)
    {
        options.Datacenter = request.Datacenter;
        options.MinQueryIndex = 0;
        return queries.RunAsync(options, (Service: this, request.Ops), static (ClusterState state, (TxnService Service, IReadOnlyList<TxnOp> Ops) a, WatchSet? _) =>
            new QueryOutcome<TxnResponse>(1, a.Service.Check(a.Ops) ?? TxnReader.Run(state, a.Ops)));
    }

    /// <summary>The faults of all operations that show before anything is run, or null.</summary>
    private TxnResponse? Check(IReadOnlyList<TxnOp> ops)
    {
        List<TxnError>? errors = null;
        for (int i = 0; i < ops.Count; i++)
        {
            if (Check(ops[i]) is { } error) (errors ??= []).Add(new TxnError(i, error));
        }

        return errors is null ? null : new TxnResponse(null, errors);
    }

    private string? Check(TxnOp op)
    {
        if (op.Kv is not { } kv) return null;
        if (KvsService.Check(kv.Verb, kv.DirEnt) is { } fault) return fault;
        if (!KvsService.IsDelayed(server.Store, kv.Verb, kv.DirEnt)) return null;
        return $"failed to lock key {GoDuration.Quote(Encoding.UTF8.GetString(kv.DirEnt.Key))} due to lock delay";
    }
}
