using System.Net;
using System.Net.Sockets;
using Consul.Fast.Net.Timers;

namespace Consul.Fast.Net.Transport;

/// <summary>
/// An accepted connection from its first byte to its end. Until a handler has it, a deadline on the wheel runs (this
/// object is the entry) and nothing is buffered: bytes are taken from the socket one by one.
/// </summary>
internal sealed class Arrival(Socket socket, TimerWheel timers) : TimerEntry, IAsyncDisposable
{
    private readonly byte[] _byte = new byte[1];
    private CloseReason? _reason;
    private bool _hasSpoken;
    private TcpConnection? _connection;

    public Socket Socket => socket;

    public IPEndPoint Remote { get; } = SocketTuning.Plain(socket.RemoteEndPoint);

    /// <summary>Why it ended or will end; null while it may go on.</summary>
    public CloseReason? Reason => Volatile.Read(ref _connection)?.CloseReason ?? Volatile.Read(ref _reason);

    /// <summary>The peer has this long for what comes next; zero or less means for ever.</summary>
    public void StartDeadline(TimeSpan limit)
    {
        if (limit > TimeSpan.Zero) timers.Schedule(this, limit);
    }

    public void EndDeadline() => timers.Cancel(this);

    /// <summary>The next byte, which stays in the socket; -1 at the end.</summary>
    public async ValueTask<int> PeekAsync() => Noted(await socket.ReceiveAsync(_byte.AsMemory(), SocketFlags.Peek));

    /// <summary>The next byte and no more; -1 at the end.</summary>
    public async ValueTask<int> ReadAsync() => Noted(await socket.ReceiveAsync(_byte.AsMemory(), SocketFlags.None));

    /// <summary>The next byte inside TLS; -1 at the end.</summary>
    public async ValueTask<int> ReadAsync(Stream tls) => await tls.ReadAsync(_byte.AsMemory()) == 0 ? -1 : _byte[0];

    /// <summary>From here on the connection is what is closed and aborted.</summary>
    public void Attach(TcpConnection connection)
    {
        Volatile.Write(ref _connection, connection);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _reason) is { } reason) connection.Abort(reason);
    }

    /// <summary>Notes why the connection is closed; closing is left to the owner.</summary>
    public void Note(CloseReason reason) => Interlocked.CompareExchange(ref _reason, reason, null);

    /// <summary>Ends it from any thread; the first reason is kept.</summary>
    public void Abort(CloseReason reason)
    {
        Note(reason);
        if (Volatile.Read(ref _connection) is { } connection) connection.Abort(reason);
        else socket.Close(0);
    }

    public ValueTask DisposeAsync()
    {
        EndDeadline();
        if (_connection is not null) return _connection.DisposeAsync();
        socket.Dispose();
        return default;
    }

    /// <summary>Who has sent nothing sees the end of the stream, as when Consul closes; others are reset.</summary>
    protected internal override void OnTimer()
    {
        if (Volatile.Read(ref _hasSpoken))
        {
            Abort(CloseReason.HandshakeTimeout);
            return;
        }

        Note(CloseReason.HandshakeTimeout);
        try
        {
            // Closing while a read is pending would send a reset; the read ends with this and closes then.
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            // It has ended by itself.
        }
    }

    private int Noted(int count)
    {
        Volatile.Write(ref _hasSpoken, true);
        return count == 0 ? -1 : _byte[0];
    }
}
