using System.Net.Sockets;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Gossip.Transport;

/// <summary>Serves the streams of the gossip port, a bounded number at a time; the others are closed at once.</summary>
/// <param name="serve">Reads the request and answers; may throw what a lost connection throws.</param>
internal sealed class StreamServer(Func<TcpConnection, Task> serve) : ITcpServer
{
    private const int StreamsMax = 512;
    private int _open;

    public async Task ServeAsync(Socket socket)
    {
        var connection = new TcpConnection(new NetworkStream(socket, ownsSocket: true), socket, tls: null, PinnedBlockPool.Small);
        try
        {
            if (Interlocked.Increment(ref _open) <= StreamsMax) await serve(connection);
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            connection.Abort(CloseReason.FromException(exception));
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            await connection.DisposeAsync();
        }
    }

    public void AbortAll(CloseReason reason)
    {
        // The node stops its loop first, and that ends what is served.
    }
}
