using BenchmarkDotNet.Attributes;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Perf.Micro;

/// <summary>The end of a message found in what a stream brings: in one piece, and in pieces as small frames bring it.</summary>
[MemoryDiagnoser]
public class MsgPackScannerBenchmarks
{
    private const int PieceBytes = 100;

    private byte[] _message = [];

    /// <summary>Entries of the listed keys: a small answer and a large one.</summary>
    [Params(1, 1000)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        byte[] response = RpcSamples.ListResponse(Entries, valueBytes: 64);
        MsgPackScanner header = default;
        header.Advance(response, long.MaxValue, out int used);
        _message = response[used..];
    }

    [Benchmark]
    public int ScanWhole()
    {
        MsgPackScanner scanner = default;
        return scanner.Advance(_message, long.MaxValue, out int used) == MsgPackScanStatus.Done && used == _message.Length
            ? used
            : throw new InvalidOperationException();
    }

    [Benchmark]
    public int ScanInPieces()
    {
        MsgPackScanner scanner = default;
        int pieces = 0;
        for (int at = 0; at < _message.Length; at += PieceBytes, pieces++)
            scanner.Advance(_message.AsSpan(at, Math.Min(PieceBytes, _message.Length - at)), long.MaxValue, out _);
        return scanner.Length == _message.Length ? pieces : throw new InvalidOperationException();
    }
}
