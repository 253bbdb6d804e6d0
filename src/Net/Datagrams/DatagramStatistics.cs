namespace Consul.Fast.Net.Datagrams;

/// <summary>What an endpoint has done since it was bound.</summary>
/// <param name="Received">Datagrams received.</param>
/// <param name="ReceivedBytes">Bytes of them, as far as they fitted.</param>
/// <param name="ReceivedBatches">Batches they came in.</param>
/// <param name="Truncated">Received datagrams whose end did not fit.</param>
/// <param name="Waits">Times the receiver found nothing and waited.</param>
/// <param name="Sent">Datagrams the system took.</param>
/// <param name="SentBytes">Bytes of them.</param>
/// <param name="SendFailures">Datagrams the system refused.</param>
/// <param name="SendWaits">Times a batch waited for room in the send buffer.</param>
/// <param name="IgnoredErrors">Errors that concern no datagram in hand, such as a peer's closed port.</param>
public readonly record struct DatagramStatistics(
    long Received,
    long ReceivedBytes,
    long ReceivedBatches,
    long Truncated,
    long Waits,
    long Sent,
    long SentBytes,
    long SendFailures,
    long SendWaits,
    long IgnoredErrors);
