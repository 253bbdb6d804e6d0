using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Commands;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>Reads the operations of a transaction from a body.</summary>
/// <param name="maxValueSize">Bytes of one value.</param>
internal sealed class TxnInput(long maxValueSize)
{
    private const int MaxOperations = 64;

    private readonly List<TxnOp> _ops = [];

    public IReadOnlyList<TxnOp> Ops => _ops;

    /// <summary>Whether any operation changes something; the others may be answered without the log.</summary>
    public bool HasWrites { get; private set; }

    /// <summary>Status of the refusal.</summary>
    public int Status { get; private set; }

    /// <summary>Text of the refusal.</summary>
    public string Error { get; private set; } = "";

    /// <summary>False when the transaction is refused as a whole.</summary>
    public bool TryRead(ReadOnlyMemory<byte> body)
    {
        if (!JsonInput.TryParse(body, out JsonElement root, out string error)) return Malformed(error);
        if (root.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null))
            return Malformed("json: cannot unmarshal object into Go value of type api.TxnOps");
        var decoded = new List<TxnOp?>();
        if (root.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in root.EnumerateArray())
            {
                var fields = new JsonFields(item, "TxnOp");
                TxnOp op = ReadOp(fields);
                if (fields.Finish() is { } fault) return Malformed(fault);
                decoded.Add(op);
            }
        }

        if (decoded.Count > MaxOperations)
            return Refuse(StatusCodes.Status413PayloadTooLarge,
                $"Transaction contains too many operations ({decoded.Count} > {MaxOperations})");
        foreach (TxnOp? op in decoded)
        {
            if (op is null or { Kv: null, Node: null, Service: null, Check: null }) continue;
            if (op.Kv is { DirEnt: { Value.LongLength: var length } entry } && length > maxValueSize)
            {
                string key = GoDuration.Quote(Encoding.UTF8.GetString(entry.Key));
                return Refuse(StatusCodes.Status413PayloadTooLarge, $"Value for key {key} is too large ({length} > {maxValueSize} bytes)");
            }

            HasWrites |= IsWrite(op);
            _ops.Add(op);
        }

        return true;
    }

    private bool Malformed(string detail) => Refuse(StatusCodes.Status400BadRequest, "Failed to parse body: " + detail);

    private bool Refuse(int status, string error)
    {
        (Status, Error) = (status, error);
        return false;
    }

    private static TxnOp ReadOp(JsonFields fields)
    {
        TxnKvOp? kv = fields.Nested("KVTxnOp", TxnRecordInput.Kv, "KV");
        TxnNodeOp? node = fields.Nested("NodeTxnOp", TxnRecordInput.Node, "Node");
        TxnServiceOp? service = fields.Nested("ServiceTxnOp", TxnRecordInput.Service, "Service");
        TxnCheckOp? check = fields.Nested("CheckTxnOp", TxnRecordInput.Check, "Check");
        // Of several members the first counts.
        if (kv is not null) return new TxnOp { Kv = kv };
        if (node is not null) return new TxnOp { Node = node };
        return service is not null ? new TxnOp { Service = service } : new TxnOp { Check = check };
    }

    private static bool IsWrite(TxnOp op) => op switch
    {
        { Kv.Verb: KvsOp.Set or KvsOp.Delete or KvsOp.DeleteCas or KvsOp.DeleteTree or KvsOp.Cas or KvsOp.Lock or KvsOp.Unlock } => true,
        { Kv: not null } => false,
        { Node: { } node } => node.Verb != KvsOp.Get,
        { Service: { } service } => service.Verb != KvsOp.Get,
        { Check: { } check } => check.Verb != KvsOp.Get,
        _ => false,
    };
}
