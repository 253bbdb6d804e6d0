using System.Net;

namespace Consul.Fast.Daemon.Config.Runtime;

/// <summary>Where a listener opens: an IP end point or a Unix socket, never both.</summary>
internal sealed record ListenAddress
{
    private ListenAddress(IPEndPoint? endPoint, string? unixPath)
    {
        EndPoint = endPoint;
        UnixPath = unixPath;
    }

    public IPEndPoint? EndPoint { get; }

    public string? UnixPath { get; }

    public static ListenAddress Ip(IPAddress address, int port) => new(new IPEndPoint(address, port), null);

    public static ListenAddress Unix(string path) => new(null, path);

    /// <summary><c>10.0.0.1:8500</c>, <c>[::1]:8500</c> or the socket's path.</summary>
    public override string ToString() => UnixPath ?? EndPoint!.ToString();
}
