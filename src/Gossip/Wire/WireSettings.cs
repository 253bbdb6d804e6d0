using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Gossip.Wire;

/// <summary>How messages of a pool are wrapped. Immutable but for the keys in the ring.</summary>
internal sealed record WireSettings
{
    /// <summary>Null: no encryption, and encrypted messages are refused. An empty ring counts as none.</summary>
    public Keyring? Keyring { get; init; }

    /// <summary>False while encryption is being introduced: what cannot be decrypted is taken as plain.</summary>
    public bool VerifyIncoming { get; init; } = true;

    /// <summary>False while encryption is being introduced: what is sent stays plain.</summary>
    public bool VerifyOutgoing { get; init; } = true;

    /// <summary>Streams are compressed always, datagrams when that makes them shorter.</summary>
    public bool Compress { get; init; } = true;

    /// <summary>Every message must carry it; empty for none. At most <see cref="WireLimits.LabelBytesMax"/> bytes.</summary>
    public ReadOnlyMemory<byte> Label { get; init; }

    /// <summary>True when what is sent now is encrypted.</summary>
    public bool EncryptsOutgoing => VerifyOutgoing && Keyring is { IsEmpty: false };

    /// <summary>Bytes of the label header.</summary>
    public int LabelBytes => Label.IsEmpty ? 0 : 2 + Label.Length;

    /// <summary>Bytes that label and encryption add to a datagram, for the room of broadcasts.</summary>
    public int PacketOverhead => LabelBytes + (EncryptsOutgoing ? GossipCipher.Overhead : 0);

    public void Validate()
    {
        if (Label.Length > WireLimits.LabelBytesMax) throw new ArgumentException($"label is longer than {WireLimits.LabelBytesMax} bytes");
    }
}
