using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Consul.Fast.Net.Tls;

/// <summary>The end of a handshake: a stream with what was found out, or the text of the failure.</summary>
public readonly record struct TlsOutcome(SslStream? Stream, TlsFacts? Facts, string? Failure);

/// <summary>
/// One TLS handshake, as client or as server, with the certificates that were current when it was made. Used once.
/// </summary>
public sealed class TlsHandshake
{
    /// <summary>The failure of a handshake that was given up.</summary>
    public const string TimedOut = "i/o timeout";

    private readonly PeerVerifier _verifier;

    internal TlsHandshake(PeerVerifier verifier, SslServerAuthenticationOptions server)
    {
        _verifier = verifier;
        Server = server;
        server.RemoteCertificateValidationCallback = verifier.Verify;
    }

    internal TlsHandshake(PeerVerifier verifier, SslClientAuthenticationOptions client)
    {
        _verifier = verifier;
        Client = client;
        client.RemoteCertificateValidationCallback = verifier.Verify;
    }

    /// <summary>Options of our side when we are the server, else null.</summary>
    public SslServerAuthenticationOptions? Server { get; }

    /// <summary>Options of our side when we are the client, else null.</summary>
    public SslClientAuthenticationOptions? Client { get; }

    /// <summary>
    /// Shakes hands over a transport, which is closed on failure. Never throws: the TLS library has many exceptions for what
    /// a peer may send, and all of them end here as a text.
    /// </summary>
    public async ValueTask<TlsOutcome> RunAsync(Stream transport, CancellationToken cancellation)
    {
        var stream = new SslStream(transport);
        try
        {
            if (Server is not null) await stream.AuthenticateAsServerAsync(Server, cancellation);
            else await stream.AuthenticateAsClientAsync(Client!, cancellation);
            return new TlsOutcome(stream, Facts(stream), Failure: null);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            await stream.DisposeAsync();
            return new TlsOutcome(null, null, Text(exception));
        }
    }

    private TlsFacts Facts(SslStream stream)
    {
        var peer = stream.RemoteCertificate as X509Certificate2;
        string alpn = stream.NegotiatedApplicationProtocol.ToString();
        return new TlsFacts(stream.SslProtocol, alpn, peer, _verifier.Verified, _verifier.Verified && _verifier.IsOwnServer);
    }

    private string Text(Exception exception)
    {
        if (_verifier.Failure is { } failure) return failure;
        if (exception is OperationCanceledException) return TimedOut;
        // The outer messages only say that the inner ones have the cause; the innermost names the alert of the peer.
        Exception cause = exception is AuthenticationException ? exception.GetBaseException() : exception;
        return $"tls: {cause.Message}";
    }
}
