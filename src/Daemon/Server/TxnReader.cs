using System.Text;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;

namespace Consul.Fast.Daemon.Server;

/// <summary>Runs a transaction that only reads against one published state.</summary>
internal sealed class TxnReader(ClusterState state)
{
    private readonly List<TxnResult> _results = [];
    private readonly List<TxnError> _errors = [];

    public static TxnResponse Run(ClusterState state, IReadOnlyList<TxnOp> ops)
    {
        var reader = new TxnReader(state);
        for (int i = 0; i < ops.Count; i++)
        {
            if (reader.Run(ops[i]) is { } error) reader._errors.Add(new TxnError(i, error));
        }

        return reader._errors.Count > 0 ? new TxnResponse(null, reader._errors) : new TxnResponse(reader._results, null);
    }

    private string? Run(TxnOp op) => op switch
    {
        { Kv: { } kv } => Kv(kv.Verb, kv.DirEnt),
        { Node: { } node } => Node(node),
        { Service: { } service } => Service(service),
        { Check: { } check } => Check(check),
        _ => "no operation specified",
    };

    private string? Kv(string verb, DirEntry asked)
    {
        if (verb == KvsOp.GetTree)
        {
            foreach (DirEntry entry in state.KvList(asked.Key, null).Value) _results.Add(new TxnResult { Kv = entry });
            return null;
        }

        DirEntry? found = state.KvGet(asked.Key, null);
        string key = GoDuration.Quote(Encoding.UTF8.GetString(asked.Key));
        switch (verb)
        {
            case KvsOp.Get:
                if (found is null) return $"key {key} doesn't exist";
                _results.Add(new TxnResult { Kv = found });
                return null;
            case KvsOp.CheckSession:
                if (found is null) return $"failed to check session, key {key} doesn't exist";
                if (found.Session != asked.Session)
                    return $"failed session check for key {key}, current session {GoDuration.Quote(found.Session)} != {GoDuration.Quote(asked.Session)}";
                _results.Add(new TxnResult { Kv = WithoutValue(found) });
                return null;
            case KvsOp.CheckIndex:
                if (found is null) return $"failed to check index, key {key} doesn't exist";
                if (found.ModifyIndex != asked.ModifyIndex)
                    return $"failed index check for key {key}, current modify index {found.ModifyIndex} != {asked.ModifyIndex}";
                _results.Add(new TxnResult { Kv = WithoutValue(found) });
                return null;
            case KvsOp.CheckNotExists:
                return found is null ? null : $"key {key} exists";
            default:
                return $"unknown KV verb {GoDuration.Quote(verb)}";
        }
    }

    private string? Node(TxnNodeOp op)
    {
        Node? found = op.Node.Id.Length > 0 ? state.FindNode(op.Node.Id) : state.FindNode(op.Node.Name);
        if (found is null) return $"node {GoDuration.Quote(op.Node.Name)} doesn't exist";
        _results.Add(new TxnResult { Node = found });
        return null;
    }

    private string? Service(TxnServiceOp op)
    {
        if (state.NodeService(op.Node, op.Service.Id) is not { } found)
            return $"service {GoDuration.Quote(op.Service.Id)} on node {GoDuration.Quote(op.Node)} doesn't exist";
        _results.Add(new TxnResult { Service = found });
        return null;
    }

    private string? Check(TxnCheckOp op)
    {
        if (state.NodeCheck(op.Check.Node, op.Check.CheckId) is not { } found)
            return $"check {GoDuration.Quote(op.Check.CheckId)} on node {GoDuration.Quote(op.Check.Node)} doesn't exist";
        _results.Add(new TxnResult { Check = found });
        return null;
    }

    private static DirEntry WithoutValue(DirEntry entry) => new()
    {
        Key = entry.Key,
        Flags = entry.Flags,
        LockIndex = entry.LockIndex,
        Session = entry.Session,
        CreateIndex = entry.CreateIndex,
        ModifyIndex = entry.ModifyIndex,
    };
}
