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
    private const int UnsentMax = 64;
    private readonly IDatagramEndpoint _endpoint;
    private readonly Action _wake;
    private readonly Lane _urgent;
    private readonly Lane _other;
    private readonly Queue<(uint SeqNo, bool IsLocalFault)> _unsent = new(UnsentMax);
    private Lane _flying;
    private ValueTask<int> _flight;
    private bool _isFlying;

    /// <param name="wake">Called on any thread when <see cref="Flush"/> can go on.</param>
    public PacketSender(IDatagramEndpoint endpoint, Action wake)
    {
        _endpoint = endpoint;
        _wake = wake;
        _urgent = new Lane(256);
        _other = new Lane(512);
        _flying = _other;
    }

    /// <summary>Packets that were dropped because a lane was full.</summary>
    public long Dropped { get; private set; }

    /// <param name="pingSeqNo">Number of the ping in it, whose fate is of interest; 0 for none.</param>
    public void Add(Urgency urgency, PeerAddress to, ReadOnlySpan<byte> datagram, uint pingSeqNo = 0)
    {
        if (datagram.Length > SlotBytes)
        {
            if (_endpoint.Send(to, datagram) == DatagramStatus.Sent) return;
            Dropped++;
            NoteUnsent(pingSeqNo, isLocalFault: false);
            return;
        }

        Lane lane = urgency <= Urgency.Probe ? _urgent : _other;
        if (lane.Filling.IsFull) Flush();
        if (lane.TryAppend(to, datagram, pingSeqNo)) return;
        Dropped++;
        NoteUnsent(pingSeqNo, isLocalFault: true);
    }

    /// <summary>A ping did not leave.</summary>
    /// <param name="isLocalFault">That says nothing about its target.</param>
    public void NoteUnsent(uint pingSeqNo, bool isLocalFault)
    {
        if (pingSeqNo != 0 && _unsent.Count < UnsentMax) _unsent.Enqueue((pingSeqNo, isLocalFault));
    }

    /// <summary>The next ping that did not leave.</summary>
    public bool TryTakeUnsentPing(out uint seqNo, out bool isLocalFault)
    {
        bool found = _unsent.TryDequeue(out (uint SeqNo, bool IsLocalFault) unsent);
        (seqNo, isLocalFault) = unsent;
        return found;
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
            _flying = lane;
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
        int sent = _flight.GetAwaiter().GetResult();
        DatagramBatch flown = _flying.Flown;
        if (sent == flown.Count) return;
        for (int i = 0; i < flown.Count; i++)
        {
            DatagramStatus status = flown[i].Status;
            if (status != DatagramStatus.Sent) NoteUnsent(_flying.PingOf(i), status == DatagramStatus.Closed);
        }
    }

    /// <summary>One batch that is filled while the other is on its way.</summary>
    private sealed class Lane(int capacity) : IDisposable
    {
        private uint[] _pings = new uint[capacity];
        private uint[] _flownPings = new uint[capacity];

        /// <summary>What was swapped out last.</summary>
        public DatagramBatch Flown { get; private set; } = new(PinnedBlockPool.Large, capacity, SlotBytes);

        public DatagramBatch Filling { get; private set; } = new(PinnedBlockPool.Large, capacity, SlotBytes);

        public bool TryAppend(PeerAddress to, ReadOnlySpan<byte> datagram, uint pingSeqNo)
        {
            if (!Filling.IsFull) _pings[Filling.Count] = pingSeqNo;
            return Filling.TryAppend(to, datagram);
        }

        /// <summary>Number of the ping in a datagram that was swapped out.</summary>
        public uint PingOf(int index) => _flownPings[index];

        public DatagramBatch Swap()
        {
            (Filling, Flown) = (Flown, Filling);
            (_pings, _flownPings) = (_flownPings, _pings);
            Filling.Clear();
            return Flown;
        }

        public void Dispose()
        {
            Filling.Dispose();
            Flown.Dispose();
        }
    }
}
