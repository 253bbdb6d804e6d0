using System.Net;
using BenchmarkDotNet.Attributes;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Datagrams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Perf.Micro;

/// <summary>Gossip-sized datagrams over loopback, one implementation against the other; sending is part of the time.</summary>
[MemoryDiagnoser]
public class DatagramBenchmarks : IDisposable
{
    /// <summary>Fits the receive buffer a system grants by default.</summary>
    private const int Packets = 256;

    private const int PacketBytes = 200;

    private readonly DatagramBatch _output = new(PinnedBlockPool.Large, slotBytes: 1472);
    private readonly DatagramBatch _input = new(PinnedBlockPool.Large);
    private IDatagramEndpoint _sender = null!;
    private IDatagramEndpoint _receiver = null!;
    private PeerAddress _to;

    [Params(DatagramMode.Batched, DatagramMode.Portable)]
    public DatagramMode Mode { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _sender = Bind(Mode);
        _receiver = Bind(Mode);
        _to = PeerAddress.From(_receiver.LocalEndPoint);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
        _output.Dispose();
        _input.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public int SendAndReceiveBatches()
    {
        for (int sent = 0; sent < Packets; sent += _output.Capacity)
        {
            _output.Clear();
            while (!_output.IsFull) _output.Append(_to, PacketBytes);
            Await(_sender.SendAsync(_output));
        }

        return Receive(Packets);
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public int SendSinglesAndReceive()
    {
        for (int sent = 0; sent < Packets; sent++) _sender.Send(_to, _output.NextSlot[..PacketBytes]);
        return Receive(Packets);
    }

    internal static IDatagramEndpoint Bind(DatagramMode mode)
    {
        var options = new DatagramOptions { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0), Mode = mode };
        return DatagramEndpoint.Bind(options, NullLogger.Instance);
    }

    internal static int Await(ValueTask<int> task)
    {
        // Everything is there; only the receiver's turns end later.
        while (!task.IsCompleted) Thread.Yield();
        return task.GetAwaiter().GetResult();
    }

    private int Receive(int packets)
    {
        _output.Clear();
        int received = 0;
        while (received < packets) received += Await(_receiver.ReceiveAsync(_input));
        return received;
    }
}
