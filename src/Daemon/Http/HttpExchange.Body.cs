using System.Buffers;
using System.IO.Pipelines;

namespace Consul.Fast.Daemon.Http;

/// <content>Reading the request's body.</content>
internal sealed partial class HttpExchange
{
    /// <summary>A body of up to this declared size is waited for in the connection's own buffers and copied once.</summary>
    private const int WaitWholeBytes = 1024 * 1024;

    /// <summary>The whole body in an array of exactly its size that the caller may keep.</summary>
    public ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync()
    {
        if (ContentLength is 0) return new ValueTask<ReadOnlyMemory<byte>>(ReadOnlyMemory<byte>.Empty);
        PipeReader reader = BodyReader;
        // A small body has nearly always come with the head.
        if (ContentLength is { } length and <= WaitWholeBytes && reader.TryRead(out ReadResult result))
        {
            if (result.Buffer.Length == length)
            {
                byte[] body = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return new ValueTask<ReadOnlyMemory<byte>>(body);
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }

        return ReadBodySlowAsync(reader, long.MaxValue);
    }

    /// <summary>
    /// Reads a body of undeclared length up to <paramref name="limit"/> bytes; one byte more than the limit means that it
    /// is too long.
    /// </summary>
    public ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(long limit) =>
        ContentLength is null ? ReadBodySlowAsync(BodyReader, limit) : ReadBodyAsync();

    private async ValueTask<ReadOnlyMemory<byte>> ReadBodySlowAsync(PipeReader reader, long limit)
    {
        if (ContentLength is { } length and <= WaitWholeBytes)
        {
            ReadResult whole = await reader.ReadAtLeastAsync((int)length);
            byte[] body = whole.Buffer.ToArray();
            reader.AdvanceTo(whole.Buffer.End);
            return body;
        }

        var gathered = new PooledBuffer();
        try
        {
            while (true)
            {
                ReadResult part = await reader.ReadAsync();
                foreach (ReadOnlyMemory<byte> segment in part.Buffer) gathered.Write(segment.Span);
                reader.AdvanceTo(part.Buffer.End);
                if (gathered.WrittenCount > limit) return gathered.WrittenSpan[..(int)(limit + 1)].ToArray();
                if (part.IsCompleted) return gathered.WrittenSpan.ToArray();
            }
        }
        finally
        {
            gathered.Clear();
        }
    }
}
