using System.Net.Sockets;
using System.Security.Authentication;

namespace Consul.Fast.Net.Transport;

/// <summary>What kind of event ended a connection.</summary>
public enum CloseKind
{
    /// <summary>We had no more use for it.</summary>
    Local,

    /// <summary>The peer ended it in order.</summary>
    PeerClosed,

    /// <summary>The network or the peer broke it.</summary>
    Lost,

    /// <summary>The peer did not act in time.</summary>
    Timeout,

    /// <summary>The peer asked for something that is not offered or not allowed.</summary>
    Refused,

    /// <summary>The TLS handshake or a certificate was not acceptable.</summary>
    Tls,

    /// <summary>The peer broke the rules of the protocol.</summary>
    Protocol,

    /// <summary>This process is going away.</summary>
    Shutdown,
}

/// <summary>Why a connection ended: a kind to decide on and a text for the log.</summary>
public sealed record CloseReason(CloseKind Kind, string Text)
{
    public static readonly CloseReason LocalClose = new(CloseKind.Local, "closed");
    public static readonly CloseReason PeerClosed = new(CloseKind.PeerClosed, "EOF");
    public static readonly CloseReason HandshakeTimeout = new(CloseKind.Timeout, "handshake timeout");
    public static readonly CloseReason CloseTimeout = new(CloseKind.Timeout, "peer takes no data while closing");
    public static readonly CloseReason Shutdown = new(CloseKind.Shutdown, "shutdown");

    /// <summary>
    /// True for what reading, writing and closing throw when a connection breaks or is aborted meanwhile; loops catch
    /// exactly these at their top.
    /// </summary>
    public static bool IsLoss(Exception exception) => exception
        is IOException or SocketException or ObjectDisposedException or OperationCanceledException or AuthenticationException;

    /// <summary>The reason that an exception of a stream or socket stands for.</summary>
    public static CloseReason FromException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception switch
        {
            SocketException socket => new CloseReason(CloseKind.Lost, SocketErrorText.Of(socket.SocketErrorCode)),
            IOException { InnerException: SocketException socket } =>
                new CloseReason(CloseKind.Lost, SocketErrorText.Of(socket.SocketErrorCode)),
            AuthenticationException => new CloseReason(CloseKind.Tls, exception.Message),
            ObjectDisposedException or IOException { InnerException: ObjectDisposedException } =>
                new CloseReason(CloseKind.Local, SocketErrorText.Of(SocketError.OperationAborted)),
            _ => new CloseReason(CloseKind.Lost, exception.Message),
        };
    }

    public override string ToString() => Text;
}
