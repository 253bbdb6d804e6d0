using System.Buffers.Binary;

namespace Consul.Fast.Net.Tests.Captures;

/// <summary>Who sent something in a recorded conversation.</summary>
public enum Side
{
    Caller,
    Server,
}

/// <summary>A run of bytes in one direction; one yamux frame where the conversation has any.</summary>
/// <param name="IsCut">The recording leaves out the rest of a long payload.</param>
public sealed record CapturedBytes(Side From, byte[] Bytes, bool IsCut);

/// <summary>One reassembled msgpack value, for example a <c>request-header</c>.</summary>
/// <param name="IsCut">The recording leaves out the rest of a long value.</param>
public sealed record CapturedMessage(Side From, string Part, byte[] Bytes, bool IsCut);

/// <summary>
/// A recorded conversation: lines <c>C hex</c> and <c>S hex</c> for what went over the wire, <c>M C part hex</c> for the values
/// in it, <c>#</c> for remarks.
/// </summary>
public sealed class Capture
{
    private const int FrameHeaderSize = 12;

    /// <summary>Ends a line that does not hold everything.</summary>
    private const string CutMark = "..";

    private Capture(string name, IReadOnlyList<CapturedBytes> wire, IReadOnlyList<CapturedMessage> messages, bool isMultiplexed)
    {
        Name = name;
        Wire = wire;
        Messages = messages;
        IsMultiplexed = isMultiplexed;
    }

    public string Name { get; }

    /// <summary>Everything on the wire; exact order within a direction only.</summary>
    public IReadOnlyList<CapturedBytes> Wire { get; }

    public IReadOnlyList<CapturedMessage> Messages { get; }

    /// <summary>The first byte was 04 and frames follow.</summary>
    public bool IsMultiplexed { get; }

    /// <summary>Ids of the streams, in the order of their first frame.</summary>
    public IEnumerable<uint> Streams => Frames().Select(static frame => frame.Stream).Where(static id => id != 0).Distinct();

    /// <summary>Reads a file of the folder <c>Vectors</c>.</summary>
    public static Capture Load(string name)
    {
        var wire = new List<CapturedBytes>();
        var messages = new List<CapturedMessage>();
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", name)))
        {
            string[] words = line.Split(' ');
            bool isCut = line.EndsWith(CutMark, StringComparison.Ordinal);
            byte[] Bytes() => Convert.FromHexString(isCut ? words[^1][..^CutMark.Length] : words[^1]);
            if (words[0] is "C" or "S") wire.Add(new CapturedBytes(SideOf(words[0]), Bytes(), isCut));
            else if (words[0] == "M") messages.Add(new CapturedMessage(SideOf(words[1]), words[2], Bytes(), isCut));
        }

        return new Capture(name, wire, messages, wire[0].Bytes is [4]);
    }

    /// <summary>Files of the folder whose name fits a pattern.</summary>
    public static IEnumerable<string> Names(string pattern) =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Vectors"), pattern)
            .Select(static path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal);

    /// <summary>What one side sent on a stream; without multiplexing everything after the mode byte, whatever the stream.</summary>
    public byte[] Payload(Side from, uint stream = 1)
    {
        if (IsMultiplexed)
            return [.. Frames().Where(frame => frame.From == from && frame.Stream == stream).SelectMany(static frame => frame.Data)];
        byte[] all = [.. Wire.Where(bytes => bytes.From == from).SelectMany(static bytes => bytes.Bytes)];
        return from == Side.Caller ? all[1..] : all;
    }

    private static Side SideOf(string letter) => letter == "C" ? Side.Caller : Side.Server;

    private IEnumerable<(Side From, uint Stream, byte[] Data)> Frames() =>
        from bytes in Wire
        where IsMultiplexed && bytes.Bytes.Length >= FrameHeaderSize
        let isData = bytes.Bytes[1] == 0
        select (bytes.From, BinaryPrimitives.ReadUInt32BigEndian(bytes.Bytes.AsSpan(4)), isData ? bytes.Bytes[FrameHeaderSize..] : []);
}
