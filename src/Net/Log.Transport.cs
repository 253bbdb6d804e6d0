using System.Net;
using Consul.Fast.Net.Transport;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net;

/// <summary>Messages of listening, dialling, the first byte and TLS.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(6000, LogLevel.Information, "Listening: address={Address}")]
    public static partial void Listening(ILogger logger, IPEndPoint address);

    [LoggerMessage(6001, LogLevel.Warning, "Failed to accept a connection, pausing: address={Address} error={Error} pause={PauseMs}ms")]
    public static partial void AcceptFailed(ILogger logger, IPEndPoint address, string error, double pauseMs);

    [LoggerMessage(6002, LogLevel.Warning, "Closed a connection of a source that has too many: from={From}")]
    public static partial void OverLimit(ILogger logger, IPEndPoint from);

    [LoggerMessage(6003, LogLevel.Warning, "Refused a connection: from={From} reason={Reason} byte={Mode}")]
    public static partial void Refused(ILogger logger, IPEndPoint from, string reason, byte mode);

    [LoggerMessage(6004, LogLevel.Warning, "TLS handshake failed: from={From} reason={Reason}")]
    public static partial void HandshakeFailed(ILogger logger, IPEndPoint from, CloseReason reason);

    [LoggerMessage(6005, LogLevel.Debug, "Connection ended: from={From} reason={Reason}")]
    public static partial void Ended(ILogger logger, IPEndPoint from, CloseReason reason);

    [LoggerMessage(6006, LogLevel.Error, "Connection handler failed: from={From}")]
    public static partial void HandlerFailed(ILogger logger, IPEndPoint from, Exception exception);

    [LoggerMessage(6007, LogLevel.Information, "Loaded TLS certificates: subject={Subject} authorities={Authorities}")]
    public static partial void Loaded(ILogger logger, string subject, int authorities);

    [LoggerMessage(6008, LogLevel.Warning, "Only one of cert_file and key_file is set, no certificate is used")]
    public static partial void HalfKeyPair(ILogger logger);

    [LoggerMessage(6009, LogLevel.Error, "Kept the TLS certificates in use, the new ones are not usable: error={Error}")]
    public static partial void ReloadFailed(ILogger logger, string error);
}
