using System.Net.Security;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Net.Tls;

/// <summary>
/// The certificates in use, for both directions. A reload replaces them for later handshakes; open connections keep what they
/// were made with. Thread safe.
/// </summary>
/// <remarks>
/// Sessions are never resumed: a resumed one would skip the check of certificates, and after a reload go on with authorities
/// that are no longer trusted. Connections live long, so little is lost.
/// </remarks>
public sealed class TlsContext
{
    private readonly ILogger _logger;
    private volatile TlsMaterial _material;

    private TlsContext(TlsMaterial material, ILogger logger)
    {
        _material = material;
        _logger = logger;
        Report(material);
    }

    /// <summary>Without certificates and demands: enough to dial a server whose identity does not matter yet.</summary>
    public static TlsContext None { get; } = TryLoad(new TlsSettings(), NullLogger.Instance, out _)!;

    public TlsSettings Settings => _material.Settings;

    /// <summary>TLS can be offered to peers.</summary>
    public bool HasCertificate => _material.Certificate is not null;

    /// <summary>Peers can be verified too, which TLS without a mode byte demands.</summary>
    public bool IsMutualCapable => _material is { Certificate: not null, Authorities.Count: > 0 };

    /// <summary>The RPC port takes nothing in the clear and demands client certificates.</summary>
    public bool VerifiesIncoming => _material.Settings.VerifiesRpc;

    /// <summary>Raft is only for peers whose certificate names a server of our datacenter.</summary>
    public bool DemandsServersForRaft => _material.Settings is { VerifiesRpc: true, VerifyServerHostname: true };

    /// <summary>Dials use TLS.</summary>
    public bool DialsTls => _material.Settings.VerifiesOutgoing;

    /// <summary>Loads the certificates; null with a text for the operator when files or settings are wrong.</summary>
    public static TlsContext? TryLoad(TlsSettings settings, ILogger logger, out string? error)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return TlsMaterial.TryLoad(settings, out TlsMaterial? material, out error) ? new TlsContext(material!, logger) : null;
    }

    /// <summary>Reads the files again. False with a text when they are not usable; the old set stays in use then.</summary>
    public bool TryReload(out string? error) => TryReload(Settings, out error);

    /// <summary>Changes the settings and reads their files; false leaves everything as it was.</summary>
    public bool TryReload(TlsSettings settings, out string? error)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!TlsMaterial.TryLoad(settings, out TlsMaterial? material, out error))
        {
            TransportLog.ReloadFailed(_logger, error!);
            return false;
        }

        _material = material!;
        Report(material!);
        return true;
    }

    /// <summary>Server side after mode byte 3: a client certificate when incoming connections are verified.</summary>
    public TlsHandshake ForUpgrade() => ForClients(_material.Settings.VerifiesRpc);

    /// <summary>Server side after mode byte 7: a client certificate is never asked for.</summary>
    public TlsHandshake ForInsecure() => ForClients(demanded: false);

    /// <summary>Server side of TLS without a mode byte: always a client certificate, and the mode by name.</summary>
    public TlsHandshake ForNative(List<SslApplicationProtocol> protocols)
    {
        TlsHandshake handshake = ForClients(demanded: true);
        handshake.Server!.ApplicationProtocols = protocols;
        return handshake;
    }

    /// <summary>Client side, towards a server of a datacenter. Its name is sent and checked only when settings demand it.</summary>
    public TlsHandshake ForDatacenter(string datacenter)
    {
        TlsMaterial material = _material;
        string? name = material.Settings.VerifyServerHostname ? material.Settings.ServerName(datacenter) : null;
        var verifier = new PeerVerifier(material, material.Settings.VerifiesOutgoing, name);
        return new TlsHandshake(verifier, new SslClientAuthenticationOptions
        {
            // Empty: no name goes out.
            TargetHost = name ?? "",
            ClientCertificateContext = material.Certificate,
            CertificateChainPolicy = verifier.Policy(peerIsServer: true),
            EnabledSslProtocols = material.Protocols,
            CipherSuitesPolicy = material.Ciphers,
            AllowTlsResume = false,
        });
    }

    private TlsHandshake ForClients(bool demanded)
    {
        TlsMaterial material = _material;
        var verifier = new PeerVerifier(material, demanded, name: null);
        return new TlsHandshake(verifier, new SslServerAuthenticationOptions
        {
            ServerCertificateContext = material.Certificate,
            ClientCertificateRequired = demanded,
            CertificateChainPolicy = verifier.Policy(peerIsServer: false),
            EnabledSslProtocols = material.Protocols,
            CipherSuitesPolicy = material.Ciphers,
            AllowTlsResume = false,
            AllowRenegotiation = false,
        });
    }

    private void Report(TlsMaterial material)
    {
        if (material.Settings.CertFile.Length > 0 != material.Settings.KeyFile.Length > 0) TransportLog.HalfKeyPair(_logger);
        TransportLog.Loaded(_logger, material.Certificate?.TargetCertificate.Subject ?? "", material.Authorities.Count);
    }
}
