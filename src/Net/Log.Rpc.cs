using System.Net;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net;

/// <summary>Log messages of RPC; ids 6200 to 6299.</summary>
internal static partial class RpcLog
{
    [LoggerMessage(6200, LogLevel.Error, "RPC error: from={Remote} error=\"{Error}\"")]
    public static partial void RequestError(ILogger logger, IPEndPoint remote, string error);

    [LoggerMessage(6201, LogLevel.Error, "RPC method failed unexpectedly: method={Method} from={Remote}")]
    public static partial void MethodDefect(ILogger logger, string method, IPEndPoint remote, Exception exception);

    [LoggerMessage(6202, LogLevel.Warning, "RPC requests refused, too many are running: refused={Refused} limit={Limit} from={Remote}")]
    public static partial void Overloaded(ILogger logger, long refused, int limit, IPEndPoint remote);

    [LoggerMessage(6203, LogLevel.Debug, "RPC stream closed: reason={Reason} from={Remote}")]
    public static partial void StreamClosed(ILogger logger, string reason, IPEndPoint remote);

    [LoggerMessage(6204, LogLevel.Information, "RPC server drains: streams={Streams} running={Running}")]
    public static partial void Draining(ILogger logger, int streams, int running);

    [LoggerMessage(6205, LogLevel.Warning, "RPC calls cut off at the end of the drain time: running={Running}")]
    public static partial void DrainCutOff(ILogger logger, int running);

    [LoggerMessage(6206, LogLevel.Error, "RPC stream failed unexpectedly: from={Remote}")]
    public static partial void StreamDefect(ILogger logger, IPEndPoint remote, Exception exception);

    [LoggerMessage(6210, LogLevel.Debug, "RPC connection opened: server={Server} address={Address}")]
    public static partial void ConnectionOpened(ILogger logger, string server, IPEndPoint address);

    [LoggerMessage(6211, LogLevel.Debug, "RPC connection closed: server={Server} address={Address} reason={Reason}")]
    public static partial void ConnectionClosed(ILogger logger, string server, IPEndPoint address, string reason);

    [LoggerMessage(6212, LogLevel.Debug, "RPC connection failed: server={Server} address={Address} error=\"{Error}\"")]
    public static partial void ConnectFailed(ILogger logger, string server, IPEndPoint address, string error);

    [LoggerMessage(6213, LogLevel.Error, "RPC client failed unexpectedly: server={Server}")]
    public static partial void ClientDefect(ILogger logger, string server, Exception exception);
}
