namespace Consul.Fast.Simulation.Tests.Gossip;

/// <summary>A datagram under way. Belongs to the network, which reuses it after the last delivery.</summary>
internal sealed class SimPacket
{
    private byte[] _bytes = new byte[128];

    public int Target { get; set; }

    public int Sender { get; set; }

    /// <summary>Deliveries to come: more than one for a packet that is duplicated.</summary>
    public int Copies { get; set; }

    /// <summary>Size of the datagram's payload.</summary>
    public int Length { get; private set; }

    public Memory<byte> Payload => _bytes.AsMemory(0, Length);

    public void Fill(ReadOnlySpan<byte> payload)
    {
        if (_bytes.Length < payload.Length) _bytes = new byte[Math.Max(payload.Length, _bytes.Length * 2)];
        payload.CopyTo(_bytes);
        Length = payload.Length;
    }
}
