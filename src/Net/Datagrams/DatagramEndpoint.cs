using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Datagrams;

/// <summary>Binds endpoints and chooses their implementation.</summary>
public static class DatagramEndpoint
{
    /// <summary>Below this a burst of one gossip round does not fit; a system that refuses even this keeps its default.</summary>
    private const int ReceiveBufferMin = 64 * 1024;

    /// <summary>Binds a socket.</summary>
    /// <exception cref="SocketException">The address is taken, is not this machine's, or its family is not there.</exception>
    public static IDatagramEndpoint Bind(DatagramOptions options, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        var socket = new Socket(options.LocalEndPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Blocking = false;
            if (options.LocalEndPoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            SetReceiveBuffer(socket, options.ReceiveBufferBytes, logger);
            socket.Bind(options.LocalEndPoint);
            bool isBatched = options.Mode != DatagramMode.Portable && IsBatchingThere(socket, logger);
            IDatagramEndpoint endpoint = isBatched
                ? new BatchedDatagramEndpoint(socket, logger)
                : new PortableDatagramEndpoint(socket, logger);
            Log.DatagramEndpointBound(logger, endpoint.LocalEndPoint, endpoint.Mode, GrantedReceiveBuffer(socket));
            return endpoint;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsBatchingThere(Socket socket, ILogger logger)
    {
        string? reason = NativeMessages.WhyUnavailable(socket.SafeHandle);
        if (reason is not null) Log.DatagramBatchingUnavailable(logger, reason);
        return reason is null;
    }

    private static void SetReceiveBuffer(Socket socket, int wanted, ILogger logger)
    {
        for (int size = wanted; size >= Math.Min(wanted, ReceiveBufferMin); size /= 2)
        {
            try
            {
                socket.ReceiveBufferSize = size;
                break;
            }
            catch (SocketException)
            {
                // Some systems refuse what is above their limit, Linux caps it.
            }
        }

        int granted = GrantedReceiveBuffer(socket);
        if (granted < wanted) Log.DatagramReceiveBufferSmall(logger, wanted, granted);
    }

    /// <summary>Linux tells twice what it was asked for, the other half being for its own overhead.</summary>
    private static int GrantedReceiveBuffer(Socket socket) => socket.ReceiveBufferSize / (OperatingSystem.IsLinux() ? 2 : 1);
}
