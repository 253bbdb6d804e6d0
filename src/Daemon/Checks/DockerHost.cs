using System.Net.Sockets;

namespace Consul.Fast.Daemon.Checks;

/// <summary>The way to the Docker engine that <c>DOCKER_HOST</c> names.</summary>
internal static class DockerHost
{
    private const string Default = "unix:///var/run/docker.sock";
    private const string UnixScheme = "unix://";
    private const string TcpScheme = "tcp://";

    /// <param name="address">As in <c>DOCKER_HOST</c>; null for the platform's default.</param>
    public static HttpMessageInvoker CreateClient(string? address)
    {
        string host = string.IsNullOrEmpty(address) ? Default : address;
        return new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = (_, deadline) => ConnectAsync(host, deadline),
        });
    }

    private static async ValueTask<Stream> ConnectAsync(string address, CancellationToken deadline)
    {
        if (address.StartsWith(UnixScheme, StringComparison.Ordinal))
        {
            string path = address[UnixScheme.Length..];
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), deadline).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException fault)
            {
                socket.Dispose();
                throw new DialException($"dial unix {path}: connect: {fault.Message.ToLowerInvariant()}", fault);
            }
        }

        string target = address.StartsWith(TcpScheme, StringComparison.Ordinal) ? address[TcpScheme.Length..] : address;
        if (!Dialer.TrySplit(target, out string host, out int port, out string error)) throw new DialException(error);
        return new NetworkStream(await Dialer.ConnectAsync(host, port, deadline).ConfigureAwait(false), ownsSocket: true);
    }
}
