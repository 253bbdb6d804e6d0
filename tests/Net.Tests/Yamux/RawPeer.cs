using System.Buffers;
using System.IO.Pipelines;
using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Tests.Yamux;

/// <summary>The other side of a session, by hand: sends any bytes, reads single frames.</summary>
internal sealed class RawPeer(MemoryEnd end)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    public static byte[] Frame(FrameType type, FrameFlags flags, uint id, uint length, ReadOnlySpan<byte> payload = default)
    {
        byte[] frame = new byte[FrameHeader.Size + payload.Length];
        new FrameHeader(type, flags, id, length).Write(frame);
        payload.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }

    public static byte[] Data(uint id, ReadOnlySpan<byte> payload, FrameFlags flags = FrameFlags.None) =>
        Frame(FrameType.Data, flags, id, (uint)payload.Length, payload);

    public static byte[] Update(uint id, FrameFlags flags, uint credit = 0) => Frame(FrameType.WindowUpdate, flags, id, credit);

    public async Task SendAsync(params byte[][] frames)
    {
        // One write: the session handles them as one batch.
        FlushResult result = await end.Output.WriteAsync(frames.SelectMany(f => f).ToArray()).AsTask().WaitAsync(s_limit);
        _ = result;
    }

    public void Close() => end.Output.Complete();

    /// <summary>The next frame, or null when the session has closed the connection.</summary>
    public async Task<WireFrame?> ReadAsync()
    {
        byte[]? header = await ReadExactAsync(FrameHeader.Size);
        if (header is null) return null;
        FrameHeader parsed = FrameHeader.Read(header);
        byte[] payload = parsed.Type == FrameType.Data ? (await ReadExactAsync((int)parsed.Length))! : [];
        return new WireFrame(parsed, payload);
    }

    public async Task ExpectAsync(FrameType type, FrameFlags flags, uint id, uint length)
    {
        WireFrame? frame = await ReadAsync();
        Assert.Equal(new FrameHeader(type, flags, id, length), frame?.Header);
    }

    /// <summary>True when nothing has arrived.</summary>
    public bool IsQuiet()
    {
        if (!end.Input.TryRead(out ReadResult result)) return true;
        bool empty = result.Buffer.IsEmpty;
        end.Input.AdvanceTo(result.Buffer.Start);
        return empty;
    }

    private async Task<byte[]?> ReadExactAsync(int count)
    {
        if (count == 0) return [];
        ReadResult result = await end.Input.ReadAtLeastAsync(count).AsTask().WaitAsync(s_limit);
        if (result.Buffer.Length < count)
        {
            end.Input.AdvanceTo(result.Buffer.End);
            return null;
        }

        ReadOnlySequence<byte> bytes = result.Buffer.Slice(0, count);
        byte[] copy = bytes.ToArray();
        end.Input.AdvanceTo(bytes.End);
        return copy;
    }
}

internal sealed record WireFrame(FrameHeader Header, byte[] Payload)
{
    public byte[] Bytes => RawPeer.Frame(Header.Type, Header.Flags, Header.StreamId, Header.Length, Payload);
}
