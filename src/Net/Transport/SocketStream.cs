using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Consul.Fast.Net.Transport;

/// <summary>
/// A network stream whose zero-byte read means what it says: there are bytes, or the end. The one of the runtime completes
/// with any event of the socket, also with one whose bytes were read long ago, and TLS above it then takes a buffer and
/// keeps it for as long as the connection is idle.
/// </summary>
internal sealed class SocketStream : NetworkStream
{
    /// <summary>Owns the socket, which stays non-blocking from here on.</summary>
    public SocketStream(Socket socket)
        : base(socket, ownsSocket: true) => socket.Blocking = false;

    /// <summary>The next read brings bytes, the end or an error at once.</summary>
    private bool IsReady
    {
        get
        {
            Span<byte> peeked = stackalloc byte[1];
            Socket.Receive(peeked, SocketFlags.Peek, out SocketError error);
            return error != SocketError.WouldBlock;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? WaitAsync(cancellationToken) : base.ReadAsync(buffer, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAsync(CancellationToken cancellation)
    {
        do await base.ReadAsync(Memory<byte>.Empty, cancellation).ConfigureAwait(false);
        while (!IsReady);
        return 0;
    }
}
