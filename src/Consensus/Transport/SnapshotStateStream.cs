using System.Runtime.CompilerServices;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Consensus.Transport;

/// <summary>
/// The raw bytes behind a snapshot request: exactly as many as were announced, read from the connection as they are asked
/// for. One reader at a time.
/// </summary>
internal sealed class SnapshotStateStream : Stream
{
    /// <summary>A leader that sends nothing for this long while it is waited for is gone.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(30);

    private readonly TcpConnection _connection;
    private readonly RpcMessageReader _reader;
    private readonly TimerWheel _timers;
    private readonly Silence _silence;
    private readonly long _size;
    private long _left;

    public SnapshotStateStream(TcpConnection connection, RpcMessageReader reader, TimerWheel timers, long size)
    {
        _connection = connection;
        _reader = reader;
        _timers = timers;
        _silence = new Silence(connection);
        _size = size;
        _left = size;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _size;

    public override long Position
    {
        get => _size - _left;
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">The connection broke, or ended before the last byte.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0 || buffer.IsEmpty) return 0;
        ReadOnlyMemory<byte> piece = await NextAsync(buffer.Length, cancellationToken).ConfigureAwait(false);
        piece.CopyTo(buffer);
        _reader.Release();
        return piece.Length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <summary>Skips what is left.</summary>
    /// <exception cref="IOException">The connection broke, or ended before the last byte.</exception>
    public async Task SkipAsync()
    {
        while (_left > 0)
        {
            await NextAsync(_left, CancellationToken.None).ConfigureAwait(false);
            _reader.Release();
        }
    }

    public override void Flush()
    {
        // Nothing is ever written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOnlyMemory<byte>> NextAsync(long wanted, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> piece;
        RpcReadStatus status;
        while ((status = _reader.ReadRaw(Math.Min(wanted, _left), out piece)) == RpcReadStatus.NeedMore)
        {
            await WaitAsync(cancellation).ConfigureAwait(false);
        }

        if (status != RpcReadStatus.Message) throw new IOException("short read");
        _left -= piece.Length;
        return piece;
    }

    private async ValueTask WaitAsync(CancellationToken cancellation)
    {
        _timers.Schedule(_silence, SilenceMax);
        try
        {
            _reader.Accept(await _connection.Input.ReadAsync(cancellation).ConfigureAwait(false));
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception) && !cancellation.IsCancellationRequested)
        {
            throw new IOException(_connection.CloseReason?.Text ?? CloseReason.FromException(exception).Text, exception);
        }
        finally
        {
            _timers.Cancel(_silence);
        }
    }

    private sealed class Silence(TcpConnection connection) : TimerEntry
    {
        protected override void OnTimer() => connection.Abort(new CloseReason(CloseKind.Timeout, "i/o timeout"));
    }
}
