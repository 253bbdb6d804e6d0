using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Http;

internal static partial class HttpLog
{
    [LoggerMessage(5200, LogLevel.Debug, "Request finished: method={Method} url={Url} from={From} latency={Latency}",
        SkipEnabledCheck = true)]
    public static partial void RequestFinished(ILogger logger, string method, string url, string from, string latency);

    [LoggerMessage(5201, LogLevel.Error, "Request error: method={Method} url={Url} from={From} error={Error}")]
    public static partial void RequestError(ILogger logger, string method, string url, string from, string error);

    [LoggerMessage(5202, LogLevel.Error, "Request handler failed, closing the connection: method={Method} url={Url} from={From}")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, string method, string url, string from);

    [LoggerMessage(5203, LogLevel.Information, "Started HTTP server: address={Address} network={Network}")]
    public static partial void Started(ILogger logger, string address, string network);

    [LoggerMessage(5204, LogLevel.Information, "Stopping HTTP server")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(5205, LogLevel.Warning, "Replacing socket: path={Path}")]
    public static partial void ReplacingSocket(ILogger logger, string path);

    [LoggerMessage(5206, LogLevel.Debug, "Request abandoned by the client: url={Url} from={From}")]
    public static partial void Abandoned(ILogger logger, string url, string from);
}
