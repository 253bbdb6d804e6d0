using System.Buffers;
using BenchmarkDotNet.Attributes;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Perf.Micro;

/// <summary>Small calls to bytes and back: header and body, as the two ends of a stream pay for them.</summary>
[MemoryDiagnoser]
public class RpcCodecBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private readonly KeyRequest _target = new();
    private DirEntry _entry = null!;
    private byte[] _pingRequest = [];
    private byte[] _pingResponse = [];
    private byte[] _getRequest = [];
    private byte[] _getResponse = [];

    [Params(512, 16 * 1024)]
    public int ValueBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _entry = RpcSamples.Entry(ValueBytes);
        _pingRequest = Written(WritePingRequest);
        _pingResponse = Written(WritePingResponse);
        _getRequest = Written(WriteGetRequest);
        _getResponse = Written(WriteGetResponse);
    }

    [Benchmark]
    public int WritePingRequest()
    {
        _output.ResetWrittenCount();
        RpcHeaders.WriteRequest(_output, RpcSamples.Seq, RpcSamples.Ping);
        StatusMethods.Ping.WriteRequest(new MsgPackWriter(_output), default);
        return _output.WrittenCount;
    }

    [Benchmark]
    public int ReadPingRequest()
    {
        ReadOnlySpan<byte> body = AfterRequestHeader(_pingRequest);
        var reader = new MsgPackReader(body);
        StatusMethods.Ping.ReadRequest(ref reader);
        return Checked(reader, body);
    }

    [Benchmark]
    public int WritePingResponse()
    {
        _output.ResetWrittenCount();
        RpcHeaders.WriteSuccess(_output, RpcSamples.Seq, RpcSamples.Ping.EncodedField);
        StatusMethods.Ping.WriteReply(new MsgPackWriter(_output), RpcResult<bool>.Ok(true));
        return _output.WrittenCount;
    }

    [Benchmark]
    public int ReadPingResponse()
    {
        ReadOnlySpan<byte> body = AfterResponseHeader(_pingResponse);
        var reader = new MsgPackReader(body);
        StatusMethods.Ping.ReadReply(ref reader);
        return Checked(reader, body);
    }

    [Benchmark]
    public int WriteGetRequest()
    {
        _output.ResetWrittenCount();
        RpcHeaders.WriteRequest(_output, RpcSamples.Seq, RpcSamples.Get);
        KeyRequestCodec.Write(new MsgPackWriter(_output), RpcSamples.Key);
        return _output.WrittenCount;
    }

    [Benchmark]
    public int ReadGetRequest()
    {
        int start = _getRequest.Length - AfterRequestHeader(_getRequest).Length;
        return KeyRequestCodec.TryReadInto(_getRequest.AsMemory(start), _target) ? _target.Key.Length : throw new InvalidOperationException();
    }

    [Benchmark]
    public int WriteGetResponse()
    {
        _output.ResetWrittenCount();
        RpcHeaders.WriteSuccess(_output, RpcSamples.Seq, RpcSamples.Get.EncodedField);
        IndexedDirEntriesCodec.WriteOne(new MsgPackWriter(_output), RpcResult<DirEntry?>.Ok(_entry, RpcSamples.Meta));
        return _output.WrittenCount;
    }

    /// <summary>What it allocates is the entry, which the caller keeps.</summary>
    [Benchmark]
    public int ReadGetResponse()
    {
        ReadOnlySpan<byte> body = AfterResponseHeader(_getResponse);
        var reader = new MsgPackReader(body);
        IndexedDirEntriesCodec.ReadOne(ref reader);
        return Checked(reader, body);
    }

    /// <summary>Finds the header's end and reads it, as a stream's reader does.</summary>
    private static ReadOnlySpan<byte> AfterRequestHeader(ReadOnlySpan<byte> message)
    {
        int end = End(message);
        if (!RpcHeaders.TryReadRequest(message[..end], out ulong seq, out _) || seq != RpcSamples.Seq) throw new InvalidOperationException();
        return message[end..];
    }

    private static ReadOnlySpan<byte> AfterResponseHeader(ReadOnlySpan<byte> message)
    {
        int end = End(message);
        if (!RpcHeaders.TryReadResponse(message[..end], out _, out string? error) || error is not null) throw new InvalidOperationException();
        return message[end..];
    }

    private static int End(ReadOnlySpan<byte> message)
    {
        MsgPackScanner scanner = default;
        scanner.Advance(message, RpcHeaders.BytesMax, out int used);
        return used;
    }

    private static int Checked(in MsgPackReader reader, ReadOnlySpan<byte> body) =>
        !reader.Failed && reader.Consumed == body.Length ? reader.Consumed : throw new InvalidOperationException();

    private byte[] Written(Func<int> write)
    {
        write();
        return _output.WrittenSpan.ToArray();
    }
}
