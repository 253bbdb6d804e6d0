namespace Consul.Fast.Storage.Snapshots;

/// <summary>Counts the bytes that are read through it, and remembers whether their source was damaged.</summary>
internal sealed class CountingStream(Stream inner) : ForwardStream
{
    /// <summary>Bytes read so far.</summary>
    public long Count { get; private set; }

    /// <summary>Whether a read failed because the source's data is no such data.</summary>
    public bool IsDamaged { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Count += count;
            return count;
        }
        catch (InvalidDataException)
        {
            IsDamaged = true;
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
