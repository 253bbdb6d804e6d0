using Consul.Fast.Gossip.Core;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Datagrams;

namespace Consul.Fast.Gossip.Transport;

/// <summary>
/// Sends packets in batches. While the system takes none, they wait in two bounded lanes: answers, refutations and probes
/// leave before everything else, and what does not fit is dropped, as the network would. One owner, its loop.
/// </summary>
internal sealed class PacketSender : IDisposable
{
    private const int SlotBytes = 2048;
    private readonly IDatagramEndpoint _endpoint;
    private readonly Action _wake;
    private readonly Lane _urgent;
    private readonly Lane _other;
    private ValueTask<int> _flight;
    private bool _isFlying;

    /// <param name="wake">Called on any thread when <see cref="Flush"/> can go on.</param>
    public PacketSender(IDatagramEndpoint endpoint, Action wake)
    {
        _endpoint = endpoint;
        _wake = wake;
        _urgent = new Lane(256);
        _other = new Lane(512);
    }

    /// <summary>Packets that were dropped because a lane was full.</summary>
    public long Dropped { get; private set; }

    public void Add(Urgency urgency, PeerAddress to, ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length > SlotBytes)
        {
            if (_endpoint.Send(to, datagram) != DatagramStatus.Sent) Dropped++;
            return;
        }

        Lane lane = urgency <= Urgency.Probe ? _urgent : _other;
        if (lane.Filling.IsFull) Flush();
        if (!lane.Filling.TryAppend(to, datagram)) Dropped++;
    }

    /// <summary>Sends what waits, as far as the system takes it.</summary>
    public void Flush()
    {
        while (true)
        {
            if (_isFlying)
            {
                if (!_flight.IsCompleted) return;
                Land();
            }

            Lane lane = _urgent.Filling.Count > 0 ? _urgent : _other;
            if (lane.Filling.Count == 0) return;
#pragma warning disable CA2012 // Consumed once, when it is completed: the loop never waits.
            _flight = _endpoint.SendAsync(lane.Swap());
#pragma warning restore CA2012
            _isFlying = true;
            if (_flight.IsCompleted) continue;
            _flight.GetAwaiter().UnsafeOnCompleted(_wake);
            return;
        }
    }

    public void Dispose()
    {
        _urgent.Dispose();
        _other.Dispose();
    }

    private void Land()
    {
        _isFlying = false;
        _flight.GetAwaiter().GetResult();
    }

    /// <summary>One batch that is filled while the other is on its way.</summary>
    private sealed class Lane(int capacity) : IDisposable
    {
        private DatagramBatch _spare = new(PinnedBlockPool.Large, capacity, SlotBytes);

        public DatagramBatch Filling { get; private set; } = new(PinnedBlockPool.Large, capacity, SlotBytes);

        public DatagramBatch Swap()
        {
            DatagramBatch full = Filling;
            Filling = _spare;
            Filling.Clear();
            _spare = full;
            return full;
        }

        public void Dispose()
        {
            Filling.Dispose();
            _spare.Dispose();
        }
    }
}
