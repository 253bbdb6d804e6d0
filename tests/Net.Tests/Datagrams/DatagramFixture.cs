using System.Net;
using System.Net.Sockets;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Datagrams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Net.Tests.Datagrams;

/// <summary>Endpoints of one implementation on loopback, and the pool that all their batches come from.</summary>
internal sealed class DatagramFixture(DatagramMode mode) : IDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly List<IDisposable> _owned = [];

    public PinnedBlockPool Pool { get; } = new(PinnedBlockPool.LargeBlock);

    public static TheoryData<DatagramMode> Modes => [DatagramMode.Portable, DatagramMode.Batched];

    public IDatagramEndpoint Bind(IPAddress? address = null)
    {
        var options = new DatagramOptions { LocalEndPoint = new IPEndPoint(address ?? IPAddress.Loopback, 0), Mode = mode };
        IDatagramEndpoint endpoint = DatagramEndpoint.Bind(options, NullLogger.Instance);
        _owned.Add(endpoint);
        Assert.Equal(mode, endpoint.Mode);
        return endpoint;
    }

    public DatagramBatch Batch(int capacity = DatagramBatch.DefaultCapacity, int slotBytes = DatagramBatch.LargestDatagram)
    {
        var batch = new DatagramBatch(Pool, capacity, slotBytes);
        _owned.Add(batch);
        return batch;
    }

    public static PeerAddress AddressOf(IDatagramEndpoint endpoint) => PeerAddress.From(endpoint.LocalEndPoint);

    public static Socket SocketOf(IDatagramEndpoint endpoint) => ((SocketDatagramEndpoint)endpoint).Socket;

    public static Task<int> ReceiveAsync(IDatagramEndpoint endpoint, DatagramBatch batch) =>
        endpoint.ReceiveAsync(batch).AsTask().WaitAsync(Deadline);

    /// <summary>Closes everything and checks that every block came back.</summary>
    public void Dispose()
    {
        foreach (IDisposable owned in _owned) owned.Dispose();
        Assert.Equal(0, Pool.Outstanding);
    }
}
