using System.Net.Sockets;
using System.Text;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>Tells the service manager (systemd) that the agent is ready.</summary>
/// <param name="socketPath">Value of <c>NOTIFY_SOCKET</c>: a path, or <c>@name</c> for an abstract one; empty for none.</param>
internal sealed class ServiceManager(string socketPath)
{
    /// <summary>Variable with the path of the socket.</summary>
    public const string Variable = "NOTIFY_SOCKET";

    /// <summary>Null, or why nobody was told.</summary>
    public string? Ready()
    {
        if (socketPath.Length == 0) return "No socket";
        try
        {
            string path = socketPath[0] == '@' ? "\0" + socketPath[1..] : socketPath;
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            socket.Send(Encoding.ASCII.GetBytes("READY=1"));
            return null;
        }
        catch (Exception fault) when (fault is SocketException or ArgumentOutOfRangeException or PlatformNotSupportedException)
        {
            return fault.Message;
        }
    }
}
