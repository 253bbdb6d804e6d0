using System.Buffers;
using System.IO.Pipelines;

namespace Consul.Fast.Net.MsgPack;

/// <summary>Single values on a byte stream that goes on with something else.</summary>
public static class MsgPackStream
{
    /// <summary>Takes exactly one value; the next byte of the stream is that behind it.</summary>
    /// <returns>Its bytes; null when the stream ends before, or what comes is no value or a longer one.</returns>
    public static async ValueTask<byte[]?> ReadValueAsync(PipeReader input, int maxBytes, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        while (true)
        {
            ReadResult read = await input.ReadAsync(cancellation).ConfigureAwait(false);
            MsgPackScanStatus status = TryFindEnd(read.Buffer, maxBytes, out long length);
            if (status == MsgPackScanStatus.Done)
            {
                byte[] value = read.Buffer.Slice(0, length).ToArray();
                input.AdvanceTo(read.Buffer.GetPosition(length));
                return value;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (status != MsgPackScanStatus.NeedMore || read.IsCompleted) return null;
        }
    }

    private static MsgPackScanStatus TryFindEnd(in ReadOnlySequence<byte> buffer, long maxBytes, out long length)
    {
        MsgPackScanner scanner = default;
        var status = MsgPackScanStatus.NeedMore;
        length = 0;
        foreach (ReadOnlyMemory<byte> piece in buffer)
        {
            status = scanner.Advance(piece.Span, maxBytes, out int used);
            length += used;
            if (status != MsgPackScanStatus.NeedMore) return status;
        }

        return status;
    }
}
