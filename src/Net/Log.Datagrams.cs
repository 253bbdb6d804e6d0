using System.Net;
using Consul.Fast.Net.Datagrams;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net;

/// <summary>Log messages of the datagram endpoints; ids from 6300.</summary>
internal static partial class Log
{
    [LoggerMessage(6300, LogLevel.Debug, "datagram endpoint bound: address={Address} mode={Mode} receive_buffer={ReceiveBuffer}")]
    public static partial void DatagramEndpointBound(ILogger logger, IPEndPoint address, DatagramMode mode, int receiveBuffer);

    [LoggerMessage(6301, LogLevel.Information, "batched datagram calls are not available, using one call per datagram: reason={Reason}")]
    public static partial void DatagramBatchingUnavailable(ILogger logger, string reason);

    [LoggerMessage(6302, LogLevel.Information, "datagram receive buffer is smaller than asked for: wanted={Wanted} granted={Granted}")]
    public static partial void DatagramReceiveBufferSmall(ILogger logger, int wanted, int granted);

    [LoggerMessage(6303, LogLevel.Debug, "datagram socket error ignored: address={Address} error={Error}")]
    public static partial void DatagramErrorIgnored(ILogger logger, IPEndPoint address, int error);

    [LoggerMessage(6304, LogLevel.Debug, "datagram endpoint closed: address={Address}")]
    public static partial void DatagramEndpointClosed(ILogger logger, IPEndPoint address);
}
