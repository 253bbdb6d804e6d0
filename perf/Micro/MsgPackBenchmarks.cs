using System.Buffers;
using BenchmarkDotNet.Attributes;
using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Perf.Micro;

/// <summary>A key's command through the codec: what every write pays twice.</summary>
[MemoryDiagnoser]
public class MsgPackBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private KvsRequest _request = null!;
    private byte[] _encoded = [];

    [Params(512, 16 * 1024)]
    public int ValueBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _request = Samples.Set("service/leader", ValueBytes);
        _encoded = Samples.Encode(_request);
    }

    [Benchmark]
    public int WriteKvsCommand()
    {
        _output.ResetWrittenCount();
        CommandCodec.Encode(_request, _output);
        return _output.WrittenCount;
    }

    [Benchmark]
    public int ReadKvsCommand() => CommandCodec.TryDecode(_encoded.AsSpan(1), out KvsRequest? request) ? request.DirEnt.Value!.Length : -1;
}
