using System.Net.Sockets;

namespace Consul.Fast.Net.Tests.Transport;

/// <summary>Peers that send anything: every one is closed, nothing is logged as our own fault, and the port goes on.</summary>
internal static class SwitchFuzz
{
    public static async Task RunAsync(TestPort port, int seed, int rounds)
    {
        var random = new Random(seed);
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = Garbage(random);
            using Socket socket = await port.ConnectAsync();
            try
            {
                int cut = random.Next(bytes.Length + 1);
                await socket.SendAsync(bytes.AsMemory(0, cut));
                await socket.SendAsync(bytes.AsMemory(cut));
                if (random.Next(4) == 0) socket.Close(0);
                else socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // Closed while we were still talking.
            }
        }

        await Eventually.TrueAsync(() => port.Acceptor.Connections == 0, $"seed {seed}: a connection is left");
        Assert.DoesNotContain(port.Logger.Lines, static line => line.StartsWith("Error", StringComparison.Ordinal));
        Assert.Equal(0, port.Pool.Outstanding);
    }

    private static byte[] Garbage(Random random)
    {
        byte[] bytes = new byte[random.Next(1, 600)];
        random.NextBytes(bytes);
        switch (random.Next(3))
        {
            case 0:
                bytes[0] = (byte)random.Next(12);
                break;
            case 1 when bytes.Length > 12:
                RecordHeader(bytes, 0, random);
                break;
            case 2 when bytes.Length > 12:
                bytes[0] = (byte)(random.Next(2) == 0 ? 3 : 7);
                RecordHeader(bytes, 1, random);
                break;
        }

        return bytes;
    }

    /// <summary>The start of a TLS record, sometimes of a client hello, with a length that need not be true.</summary>
    private static void RecordHeader(byte[] bytes, int at, Random random)
    {
        bytes[at] = (byte)random.Next(0x14, 0x18);
        bytes[at + 1] = 3;
        bytes[at + 2] = (byte)random.Next(5);
        int length = random.Next(2) == 0 ? bytes.Length - at - 5 : random.Next(65536);
        bytes[at + 3] = (byte)(length >> 8);
        bytes[at + 4] = (byte)length;
        if (random.Next(2) == 0) bytes[at + 5] = 1;
    }
}
