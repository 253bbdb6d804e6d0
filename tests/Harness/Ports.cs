using System.Net;
using System.Net.Sockets;

namespace Consul.Fast.Tests.Harness;

/// <summary>Loopback ports that nobody listens on, below the range from which the system takes ports for connections.</summary>
internal static class Ports
{
    private const int First = 12_000;
    private const int Last = 30_000;
    private static int s_next = First + (Environment.ProcessId * 97 % (Last - First));

    /// <summary>A port free for TCP and UDP; not given out again by this process before all others were.</summary>
    public static int Free()
    {
        for (int attempt = 0; attempt < Last - First; attempt++)
        {
            int port = First + ((Interlocked.Increment(ref s_next) - First) % (Last - First));
            if (CanBind(port, SocketType.Stream, ProtocolType.Tcp) && CanBind(port, SocketType.Dgram, ProtocolType.Udp)) return port;
        }

        throw new InvalidOperationException("No loopback port is free.");
    }

    private static bool CanBind(int port, SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
