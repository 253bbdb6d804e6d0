using System.Net;
using System.Net.Sockets;

namespace Consul.Fast.Net.Transport;

/// <summary>Options of every TCP connection, and the plain form of its addresses.</summary>
internal static class SocketTuning
{
    /// <summary>
    /// Bytes the kernel may hold unsent. With more, a bulk transfer would put megabytes between a small call and the wire,
    /// where no scheduling of ours can overtake them.
    /// </summary>
    private const int UnsentMax = 128 * 1024;

    /// <summary>A dead peer is found after this silence plus nine unanswered probes as far apart; Consul's figures.</summary>
    private const int KeepAliveSeconds = 15;

    private const int ProtocolTcp = 6;
    private const int NotSentLowWater = 25;

    /// <summary>Answers leave at once, dead peers are found. An option the platform lacks is no reason to have no connection.</summary>
    public static void Apply(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
            if (OperatingSystem.IsLinux()) socket.SetRawSocketOption(ProtocolTcp, NotSentLowWater, BitConverter.GetBytes(UnsentMax));
        }
        catch (SocketException)
        {
            // The peer may be gone already; reading will tell.
        }
    }

    /// <summary>IPv4 addresses in IPv6 form are written as what they are.</summary>
    public static IPEndPoint Plain(EndPoint? endPoint) => endPoint switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped => new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port),
        IPEndPoint plain => plain,
        _ => new IPEndPoint(IPAddress.None, 0),
    };
}
