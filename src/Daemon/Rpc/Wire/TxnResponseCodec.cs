using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Txn.Apply. Lists of errors and results are nil when there is none to be had.</summary>
internal static class TxnResponseCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<TxnResponse> reply)
    {
        writer.WriteMapHeader(2);
        writer.WriteKey("Errors"u8);
        WriteErrors(writer, reply.Value.Errors);
        writer.WriteKey("Results"u8);
        WriteResults(writer, reply.Value.Results);
    }

    public static RpcResult<TxnResponse> Read(ref MsgPackReader reader)
    {
        IReadOnlyList<TxnError>? errors = null;
        IReadOnlyList<TxnResult>? results = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Errors"u8)) errors = ReadErrors(ref reader);
            else if (key.SequenceEqual("Results"u8)) results = ReadResults(ref reader);
            else reader.Skip();
        }

        return RpcResult<TxnResponse>.Ok(new TxnResponse(results, errors));
    }

    public static void WriteErrors(MsgPackWriter writer, IReadOnlyList<TxnError>? errors) =>
        MsgPackCollections.WriteList(writer, errors, WriteError);

    public static IReadOnlyList<TxnError>? ReadErrors(ref MsgPackReader reader) => MsgPackCollections.ReadList(ref reader, ReadError);

    public static void WriteResults(MsgPackWriter writer, IReadOnlyList<TxnResult>? results) =>
        MsgPackCollections.WriteList(writer, results, WriteResult);

    public static IReadOnlyList<TxnResult>? ReadResults(ref MsgPackReader reader) => MsgPackCollections.ReadList(ref reader, ReadResult);

    private static void WriteError(MsgPackWriter writer, TxnError error)
    {
        writer.WriteMapHeader(2);
        writer.WriteKey("OpIndex"u8);
        writer.WriteInt64(error.OpIndex);
        writer.WriteKey("What"u8);
        writer.WriteString(error.What);
    }

    private static TxnError ReadError(ref MsgPackReader reader)
    {
        int index = 0;
        string what = "";
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("OpIndex"u8)) index = reader.ReadInt32();
            else if (key.SequenceEqual("What"u8)) what = reader.ReadString();
            else reader.Skip();
        }

        return new TxnError(index, what);
    }

    private static void WriteResult(MsgPackWriter writer, TxnResult result)
    {
        writer.WriteMapHeader(4);
        writer.WriteKey("Check"u8);
        if (result.Check is null) writer.WriteNil();
        else HealthCheckCodec.Write(writer, result.Check);
        writer.WriteKey("KV"u8);
        if (result.Kv is null) writer.WriteNil();
        else DirEntryCodec.Write(writer, result.Kv);
        writer.WriteKey("Node"u8);
        if (result.Node is null) writer.WriteNil();
        else NodeCodec.Write(writer, result.Node);
        writer.WriteKey("Service"u8);
        if (result.Service is null) writer.WriteNil();
        else NodeServiceCodec.Write(writer, result.Service);
    }

    private static TxnResult ReadResult(ref MsgPackReader reader)
    {
        HealthCheck? check = null;
        DirEntry? kv = null;
        Node? node = null;
        NodeService? service = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (reader.TryReadNil()) continue;
            if (key.SequenceEqual("Check"u8)) check = HealthCheckCodec.Read(ref reader);
            else if (key.SequenceEqual("KV"u8)) kv = DirEntryCodec.Read(ref reader);
            else if (key.SequenceEqual("Node"u8)) node = NodeCodec.Read(ref reader);
            else if (key.SequenceEqual("Service"u8)) service = NodeServiceCodec.Read(ref reader);
            else reader.Skip();
        }

        return new TxnResult { Check = check, Kv = kv, Node = node, Service = service };
    }
}
