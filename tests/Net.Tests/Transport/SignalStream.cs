namespace Consul.Fast.Net.Tests.Transport;

/// <summary>A stream whose zero-byte reads end when the test says so, whatever there is to read.</summary>
internal sealed class SignalStream : Stream
{
    private TaskCompletionSource<int> _signal = new();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Ends the read that waits; what follows it runs before this returns.</summary>
    public void Give()
    {
        TaskCompletionSource<int> given = _signal;
        _signal = new TaskCompletionSource<int>();
        given.SetResult(0);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(_signal.Task);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
