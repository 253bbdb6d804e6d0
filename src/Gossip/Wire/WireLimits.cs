namespace Consul.Fast.Gossip.Wire;

/// <summary>Bounds of what is accepted from peers. Nothing is allocated beyond them, whatever a message claims.</summary>
internal static class WireLimits
{
    /// <summary>Largest payload of a UDP datagram over IPv4.</summary>
    public const int DatagramBytesMax = 65507;

    /// <summary>Bytes that all compressed parts of one datagram may expand to together; real ones stay below 64 KiB.</summary>
    public const int DatagramExpandedBytesMax = 128 * 1024;

    /// <summary>Compound and compressed messages inside one another; peers write two levels.</summary>
    public const int DatagramDepthMax = 4;

    /// <summary>Largest message on a stream, as received and again when expanded. Peers refuse longer encrypted ones.</summary>
    public const int StreamBytesMax = 20 * 1024 * 1024;

    /// <summary>Entries of one list in a state exchange: nodes, member times, names of those that left.</summary>
    public const int MembersMax = 1 << 19;

    /// <summary>Lamport times, and events, in the event buffer of a state exchange; peers keep 512 times.</summary>
    public const int EventsMax = 1 << 16;

    /// <summary>Filters of a query, names in a filter, and keys in a key list.</summary>
    public const int ListMax = 4096;

    public const int LabelBytesMax = 255;

    /// <summary>Parts of one compound message: the count is a byte.</summary>
    public const int CompoundPartsMax = 255;
}
