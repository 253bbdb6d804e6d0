using System.Net;

namespace Consul.Fast.Net.Datagrams;

/// <summary>
/// A bound UDP socket that receives and sends in batches. Nothing a peer or the network does makes a method throw. Sending is
/// thread safe; receiving is for one loop.
/// </summary>
/// <remarks>
/// Disposing closes the socket, from any thread and more than once: a waiting receive ends with 0, sends report
/// <see cref="DatagramStatus.Closed"/>. The endpoint owns no buffers; batches stay with their owners.
/// </remarks>
public interface IDatagramEndpoint : IDisposable
{
    /// <summary>Where the endpoint is bound, with the port the system chose if 0 was asked for.</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>How the endpoint talks to the system; never <see cref="DatagramMode.Automatic"/>.</summary>
    DatagramMode Mode { get; }

    /// <summary>Counts since the start. Readable at any time; single values may be a batch apart.</summary>
    DatagramStatistics Statistics { get; }

    /// <summary>
    /// Waits for datagrams and replaces the batch's content with as many as are there, up to its capacity. Allocates
    /// nothing. A loop that always finds datagrams gives its thread back from time to time.
    /// </summary>
    /// <returns>Datagrams received, at least one; 0 when the endpoint is closed. To be awaited once.</returns>
    /// <exception cref="InvalidOperationException">Another receive has not ended.</exception>
    /// <exception cref="ObjectDisposedException">The batch is disposed.</exception>
    ValueTask<int> ReceiveAsync(DatagramBatch batch);

    /// <summary>Sends one datagram now or not at all. The bytes are free when the call returns.</summary>
    DatagramStatus Send(PeerAddress to, ReadOnlySpan<byte> payload);

    /// <summary>
    /// Sends every datagram of the batch in order, and waits when the system's buffer is full. One that fails does not hold
    /// up the others; <see cref="Datagram.Status"/> tells the fate of each. The content of the batch stays.
    /// </summary>
    /// <returns>Datagrams the system took. To be awaited once.</returns>
    /// <exception cref="ObjectDisposedException">The batch is disposed.</exception>
    ValueTask<int> SendAsync(DatagramBatch batch);
}
