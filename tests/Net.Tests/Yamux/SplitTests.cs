using System.Text;
using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Tests.Yamux;

/// <summary>The same bytes in other pieces must have the same effect.</summary>
public sealed class SplitTests
{
    private static readonly byte[] s_script = Script();

    [Fact]
    public async Task Every_split_into_two_has_the_same_effect()
    {
        string whole = await PlayAsync([s_script]);
        Assert.Contains("1: 'hello world' end", whole);
        Assert.Contains("connection reset", whole);
        for (int at = 1; at < s_script.Length; at++) Assert.Equal(whole, await PlayAsync([s_script[..at], s_script[at..]]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task Even_pieces_have_the_same_effect(int size) =>
        Assert.Equal(await PlayAsync([s_script]), await PlayAsync([.. s_script.Chunk(size)]));

    private static byte[] Script() =>
    [
        .. RawPeer.Update(1, FrameFlags.Syn, 100),
        .. RawPeer.Data(1, "hello "u8),
        .. RawPeer.Frame(FrameType.Ping, FrameFlags.Syn, 0, 0x01020304),
        .. RawPeer.Data(3, "abc"u8, FrameFlags.Syn),
        .. RawPeer.Data(99, "for nobody"u8),
        .. RawPeer.Data(1, "world"u8, FrameFlags.Fin),
        .. RawPeer.Data(3, []),
        .. RawPeer.Update(3, FrameFlags.Rst),
        .. RawPeer.Data(5, "late"u8, FrameFlags.Syn),
        .. RawPeer.Update(5, FrameFlags.Fin),
        .. RawPeer.Frame(FrameType.GoAway, FrameFlags.None, 0, 0),
        .. RawPeer.Frame(FrameType.Ping, FrameFlags.Syn, 0, 5),
    ];

    /// <summary>Feeds the pieces one by one and tells all that can be seen: frames sent, bytes received, states.</summary>
    private static async Task<string> PlayAsync(byte[][] pieces)
    {
        var text = new StringBuilder();
        await using var test = new SessionUnderTest();
        foreach (byte[] piece in pieces) await test.Peer.SendAsync(piece);
        text.Append($"open {test.Session.IsOpen}, {test.Session.StreamCount} streams\n");
        foreach (YamuxStream stream in test.Accepted)
        {
            string bytes = stream.Failure is null ? Encoding.ASCII.GetString(await stream.ReceiveAsync(100)) : "";
            text.Append($"{stream.Id}: '{bytes}' {(await stream.IsAtEndAsync() ? "end" : "open")} {stream.Failure}\n");
        }

        while (!test.Peer.IsQuiet()) text.Append($"{(await test.Peer.ReadAsync())!.Header}\n");
        return text.ToString();
    }
}
