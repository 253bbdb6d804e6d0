using System.Buffers;
using System.Text;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Perf.Micro;

/// <summary>Calls as they stand on a stream: header and body, request or response.</summary>
internal static class RpcSamples
{
    public const ulong Seq = 123_456;

    public static readonly RpcName Ping = new(StatusMethods.Ping.Name);
    public static readonly RpcName Get = new(KvsMethods.Get.Name);
    public static readonly RpcName List = new(KvsMethods.List.Name);

    public static KeyRequest Key { get; } = new() { Datacenter = "dc1", Key = "service/leader"u8.ToArray() };

    public static QueryMeta Meta { get; } = new(123_456, TimeSpan.Zero, true);

    public static DirEntry Entry(int valueBytes, int number = 0) => new()
    {
        Key = Encoding.ASCII.GetBytes($"service/leader/{number}"),
        Value = new byte[valueBytes],
        Flags = 42,
        CreateIndex = 100_000,
        ModifyIndex = 123_456,
    };

    /// <summary>The response to a list of so many entries.</summary>
    public static byte[] ListResponse(int entries, int valueBytes)
    {
        var output = new ArrayBufferWriter<byte>();
        IReadOnlyList<DirEntry> list = [.. Enumerable.Range(0, entries).Select(number => Entry(valueBytes, number))];
        RpcHeaders.WriteSuccess(output, Seq, List.EncodedField);
        IndexedDirEntriesCodec.Write(new MsgPackWriter(output), RpcResult<IReadOnlyList<DirEntry>>.Ok(list, Meta));
        return output.WrittenSpan.ToArray();
    }
}
