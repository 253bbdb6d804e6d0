using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Tests.Yamux;

/// <summary>Recorded connections, decoded and played back to the same bytes.</summary>
public sealed class VectorTests
{
    [Theory]
    [InlineData("yamux-two-streams.hex")]
    [InlineData("yamux-keepalive.hex")]
    [InlineData("yamux-windowupdate.hex")]
    public void Recorded_headers_decode_and_encode_to_the_same_bytes(string file)
    {
        foreach ((char _, FrameHeader header, byte[] bytes) in Frames(file))
        {
            byte[] encoded = new byte[FrameHeader.Size];
            header.Write(encoded);
            Assert.Equal(bytes[..FrameHeader.Size], encoded);
            Assert.Equal(0, header.Version);
            Assert.True(header.Type <= FrameType.GoAway);
        }
    }

    [Theory]
    [InlineData("yamux-two-streams.hex", 'C')]
    [InlineData("yamux-two-streams.hex", 'S')]
    [InlineData("yamux-keepalive.hex", 'C')]
    [InlineData("yamux-keepalive.hex", 'S')]
    public async Task Session_in_the_place_of_one_side_sends_that_sides_bytes(string file, char side)
    {
        var settings = new YamuxSettings { KeepAliveInterval = TimeSpan.FromMilliseconds(file.Contains("keepalive") ? 100 : 60_000) };
        await using var test = new SessionUnderTest(side == 'C' ? YamuxRole.Client : YamuxRole.Server, settings);
        var streams = new Dictionary<uint, YamuxStream>();
        foreach ((char from, FrameHeader header, byte[] bytes) in Frames(file))
        {
            if (from != side)
            {
                await test.Peer.SendAsync(bytes);
                if (header.Has(FrameFlags.Syn) && header.StreamId != 0) streams[header.StreamId] = test.Accepted.Last();
                if (header.Type == FrameType.Data)
                    Assert.Equal(bytes[FrameHeader.Size..], await streams[header.StreamId].ReceiveAsync((int)header.Length));
                continue;
            }

            if (header.Has(FrameFlags.Syn) && header.StreamId != 0)
            {
                streams[header.StreamId] = test.Open();
                await streams[header.StreamId].Output.FlushAsync();
            }
            else if (header.Type == FrameType.Data)
            {
                await streams[header.StreamId].SendAsync(bytes.AsMemory(FrameHeader.Size));
            }

            WireFrame? frame = await test.Peer.ReadAsync();
            Assert.Equal(Convert.ToHexStringLower(bytes), Convert.ToHexStringLower(frame!.Bytes));
        }

        Assert.True(test.Session.IsOpen);
    }

    [Theory]
    [InlineData('C')]
    [InlineData('S')]
    public async Task Windows_are_widened_as_recorded(char side)
    {
        // The reader takes a full window at once, then what follows; the payloads themselves are cut in the file.
        await using var test = new SessionUnderTest(side == 'C' ? YamuxRole.Client : YamuxRole.Server);
        YamuxStream stream = side == 'C' ? test.Open() : await test.AcceptAsync(1);
        if (side == 'C')
        {
            await stream.Output.FlushAsync();
            await test.Peer.ExpectAsync(FrameType.WindowUpdate, FrameFlags.Syn, 1, 0);
        }

        int unread = 0;
        int updates = 0;
        foreach ((char from, FrameHeader header, byte[] _) in Frames("yamux-windowupdate.hex"))
        {
            if (from != side && header.Type == FrameType.Data)
            {
                await test.Peer.SendAsync(RawPeer.Data(1, new byte[header.Length]));
                unread += (int)header.Length;
            }
            else if (from == side && header.Type == FrameType.WindowUpdate && header.Flags == FrameFlags.None)
            {
                // What came in short messages between was read with the first window's rest and adds to the next update.
                int read = Math.Min(unread, (int)header.Length);
                await stream.ReceiveAsync(read);
                unread -= read;
                WireFrame frame = (await test.Peer.ReadAsync())!;
                Assert.Equal(FrameType.WindowUpdate, frame.Header.Type);
                Assert.Equal(header.Length, frame.Header.Length);
                updates++;
            }
        }

        Assert.Equal(2, updates);
        Assert.True(test.Peer.IsQuiet());
    }

    private static IEnumerable<(char From, FrameHeader Header, byte[] Bytes)> Frames(string file)
    {
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", file)))
        {
            if (line.Length < 6 || line[1] != ' ' || line[0] is not ('C' or 'S')) continue;
            byte[] bytes = Convert.FromHexString(line[2..].TrimEnd('.'));
            yield return (line[0], FrameHeader.Read(bytes), bytes);
        }
    }
}
