using System.Net;
using System.Net.Sockets;

namespace Consul.Fast.Daemon.Checks;

/// <summary>A connection that could not be made, in the words that operators know.</summary>
internal sealed class DialException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>Makes TCP connections for checks.</summary>
internal static class Dialer
{
    /// <summary>Connects to the first address of the host that answers. Throws <see cref="DialException"/>.</summary>
    public static async Task<Socket> ConnectAsync(string host, int port, CancellationToken deadline)
    {
        IPAddress[] addresses = await ResolveForDialAsync(host, port, deadline).ConfigureAwait(false);
        DialException? fault = null;
        foreach (IPAddress address in addresses)
        {
            var endpoint = new IPEndPoint(address, port);
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(endpoint, deadline).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException error)
            {
                socket.Dispose();
                fault ??= new DialException($"dial tcp {endpoint}: connect: {Describe(error.SocketErrorCode)}", error);
            }
            catch (OperationCanceledException error)
            {
                socket.Dispose();
                throw new DialException($"dial tcp {endpoint}: i/o timeout", error);
            }
        }

        throw fault ?? new DialException($"dial tcp: lookup {host}: no such host");
    }

    /// <summary>Splits <c>host:port</c>, <c>[v6]:port</c>; false with the text of the fault.</summary>
    public static bool TrySplit(string target, out string host, out int port, out string error)
    {
        host = "";
        port = 0;
        int colon = target.LastIndexOf(':');
        bool bracketed = target.StartsWith('[');
        if (colon < 0 || (bracketed && target.IndexOf(']', StringComparison.Ordinal) != colon - 1))
        {
            error = $"dial tcp: address {target}: missing port in address";
            return false;
        }

        host = bracketed ? target[1..(colon - 1)] : target[..colon];
        if (!bracketed && host.Contains(':', StringComparison.Ordinal))
        {
            error = $"dial tcp: address {target}: too many colons in address";
            return false;
        }

        if (!ushort.TryParse(target.AsSpan(colon + 1), out ushort number))
        {
            error = $"dial tcp: address {target[(colon + 1)..]}: invalid port";
            return false;
        }

        port = number;
        error = "";
        return true;
    }

    public static string Describe(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset => "connection reset by peer",
        SocketError.HostUnreachable => "no route to host",
        SocketError.NetworkUnreachable => "network is unreachable",
        SocketError.TimedOut => "connection timed out",
        SocketError.AccessDenied => "permission denied",
        SocketError.AddressNotAvailable => "cannot assign requested address",
        SocketError.TooManyOpenSockets => "too many open files",
        _ => new SocketException((int)error).Message,
    };

    /// <summary>The addresses of a host, which may be one itself. Throws <see cref="DialException"/>.</summary>
    public static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken deadline)
    {
        if (IPAddress.TryParse(host, out IPAddress? literal)) return [literal];
        try
        {
            return await Dns.GetHostAddressesAsync(host, deadline).ConfigureAwait(false);
        }
        catch (SocketException error)
        {
            string reason = error.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData ? "no such host" : "server misbehaving";
            throw new DialException($"lookup {host}: {reason}", error);
        }
        catch (ArgumentException error)
        {
            // Longer than any name, or with characters that no name has.
            throw new DialException($"lookup {host}: no such host", error);
        }
    }

    private static async Task<IPAddress[]> ResolveForDialAsync(string host, int port, CancellationToken deadline)
    {
        // An empty host means this one.
        if (host.Length == 0) return [IPAddress.Loopback];
        try
        {
            return await ResolveAsync(host, deadline).ConfigureAwait(false);
        }
        catch (DialException error)
        {
            throw new DialException($"dial tcp: {error.Message}", error);
        }
        catch (OperationCanceledException error)
        {
            throw new DialException($"dial tcp {host}:{port}: i/o timeout", error);
        }
    }
}
